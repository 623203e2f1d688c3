// The kernels for x86 processors with AVX2 and fused multiply-add.
#include "CKernels.h"

#if defined(__x86_64__)

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define KERNEL_PATH "avx2"
#define KERNEL_FUSED 1
#define KERNEL_SCALES 0
// 6 pixels x 16 channels are 12 of 16 registers of 8 floats; two hold weights, one the pixel.
#define MOST_PIXELS 6
#define MOST_BLOCKS 1
#define PIXELS_BY_BLOCKS {0, 6}
#define EACH_TILE(X) X(1, 1) X(2, 1) X(3, 1) X(4, 1) X(5, 1) X(6, 1)
#define UNROLLED_CHANNELS _Pragma("clang loop unroll_count(2)")
// The weights stay in the cache.
#define DEPTHWISE_PIXELS 4
#define EACH_WIDTH(X, ...) X(1, __VA_ARGS__) X(2, __VA_ARGS__) X(3, __VA_ARGS__) X(4, __VA_ARGS__)

#include "kernels.h"

#pragma clang attribute pop

const struct KERNEL_NAME(table) *KERNEL_NAME(avx2_kernels)(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &table : NULL;
}

#else

const struct KERNEL_NAME(table) *KERNEL_NAME(avx2_kernels)(void) {
  return NULL;
}

#endif
