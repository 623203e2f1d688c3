// The kernels for x86 processors with AVX-512.
#include "CKernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)

#define KERNEL_PATH "avx512"
#define KERNEL_FUSED 1
#define KERNEL_SCALES 1
// Of 32 registers of 16 floats up to 28 hold sums, one a pixel, the others weights: 14 pixels x 2 blocks, 9 x 3 and 6 x 4 for
// narrow maps.
#define MOST_PIXELS 14
#define MOST_BLOCKS 4
#define PIXELS_BY_BLOCKS {0, 14, 14, 9, 6}
#define UP_TO_6(X, blocks) X(1, blocks) X(2, blocks) X(3, blocks) X(4, blocks) X(5, blocks) X(6, blocks)
#define UP_TO_9(X, blocks) UP_TO_6(X, blocks) X(7, blocks) X(8, blocks) X(9, blocks)
#define UP_TO_14(X, blocks) UP_TO_9(X, blocks) X(10, blocks) X(11, blocks) X(12, blocks) X(13, blocks) X(14, blocks)
#define EACH_TILE(X) UP_TO_14(X, 1) UP_TO_14(X, 2) UP_TO_9(X, 3) UP_TO_6(X, 4)
#define UNROLLED_CHANNELS _Pragma("clang loop unroll_count(4)")
// 7 pixels of a window of 3 x 3 and its 9 weights: as many sums as hide how long one takes.
#define DEPTHWISE_PIXELS 7
#define EACH_WIDTH(X, ...) \
  X(1, __VA_ARGS__) X(2, __VA_ARGS__) X(3, __VA_ARGS__) X(4, __VA_ARGS__) X(5, __VA_ARGS__) X(6, __VA_ARGS__) X(7, __VA_ARGS__)

#include "kernels.h"

#pragma clang attribute pop

const struct KERNEL_NAME(table) *KERNEL_NAME(avx512_kernels)(void) {
  const int supported = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
  return supported ? &table : NULL;
}

#else

const struct KERNEL_NAME(table) *KERNEL_NAME(avx512_kernels)(void) {
  return NULL;
}

#endif
