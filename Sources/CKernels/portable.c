// The kernels in plain C: every operation is one IEEE operation, so that the bits are the same on every machine.
#include "CKernels.h"

#pragma STDC FP_CONTRACT OFF

#define KERNEL_PATH "portable"
#define KERNEL_FUSED 0
#define KERNEL_SCALES 0
// 3 pixels x 16 channels are 12 of SSE2's 16 registers of 4 floats.
#define MOST_PIXELS 3
#define MOST_BLOCKS 1
#define PIXELS_BY_BLOCKS {0, 3}
#define EACH_TILE(X) X(1, 1) X(2, 1) X(3, 1)
#define UNROLLED_CHANNELS _Pragma("clang loop unroll_count(4)")
#define DEPTHWISE_PIXELS 3
#define EACH_WIDTH(X, ...) X(1, __VA_ARGS__) X(2, __VA_ARGS__) X(3, __VA_ARGS__)

#include "kernels.h"

const struct KERNEL_NAME(table) *KERNEL_NAME(portable_kernels)(void) {
  return &table;
}
