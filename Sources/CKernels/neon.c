// The kernels for 64-bit ARM processors, all of which have NEON with fused multiply-add.
#include "CKernels.h"

#if defined(__aarch64__)

#pragma STDC FP_CONTRACT OFF

#define KERNEL_PATH "neon"
#define KERNEL_FUSED 1
#define KERNEL_SCALES 0
// 6 pixels x 16 channels are 24 of 32 registers of 4 floats; four hold weights, the others pixels.
#define MOST_PIXELS 6
#define MOST_BLOCKS 1
#define PIXELS_BY_BLOCKS {0, 6}
#define EACH_TILE(X) X(1, 1) X(2, 1) X(3, 1) X(4, 1) X(5, 1) X(6, 1)
#define UNROLLED_CHANNELS _Pragma("clang loop unroll_count(4)")
// 3 pixels are 12 sums, beside which a row of a window's 3 weights, or what is in use of 5, stays in registers too.
#define DEPTHWISE_PIXELS 3
#define EACH_WIDTH(X, ...) X(1, __VA_ARGS__) X(2, __VA_ARGS__) X(3, __VA_ARGS__)

#include "kernels.h"

const struct KERNEL_NAME(table) *KERNEL_NAME(neon_kernels)(void) {
  return &table;
}

#else

const struct KERNEL_NAME(table) *KERNEL_NAME(neon_kernels)(void) {
  return NULL;
}

#endif
