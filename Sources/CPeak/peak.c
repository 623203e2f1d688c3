#include "CPeak.h"

// So many sums are under way at once: more than two units need that take four cycles for each, few enough for 16
// registers.
enum { SUMS = 12 };

// `LANES` floats a register; ADD_PRODUCT(a, b, c) is a * b + c as the kernels of the path do it.
#define DEFINE_PEAK(NAME, ATTRIBUTES, IS_SUPPORTED, LANES, ADD_PRODUCT)                       \
  typedef float NAME##Register __attribute__((vector_size(4 * (LANES))));                     \
                                                                                              \
  ATTRIBUTES double NAME(long rounds, float *result) {                                        \
    if (!(IS_SUPPORTED)) return 0;                                                            \
    NAME##Register sums[SUMS];                                                                \
    const NAME##Register factor = (NAME##Register){0} + 0.5f;                                 \
    for (int i = 0; i < SUMS; i++) sums[i] = (NAME##Register){0} + (float)i;                  \
    for (long round = 0; round < rounds; round++) {                                           \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < SUMS; i++) {                     \
        sums[i] = ADD_PRODUCT(sums[i], factor, factor);                                       \
        /* Keeps the sum in its register, and the compiler from knowing what it is. */        \
        __asm__ volatile("" : REGISTER_CONSTRAINT(sums[i]));                                  \
      }                                                                                       \
    }                                                                                         \
    NAME##Register total = sums[0];                                                           \
    for (int i = 1; i < SUMS; i++) total += sums[i];                                          \
    *result = total[0];                                                                       \
    return 2.0 * (LANES) * SUMS * (double)rounds;                                             \
  }

#pragma STDC FP_CONTRACT OFF
#define FUSED(A, B, C) __builtin_elementwise_fma(A, B, C)
#define SEPARATE(A, B, C) ((A) * (B) + (C))

#if defined(__x86_64__)
#define REGISTER_CONSTRAINT(X) "+x"(X)
DEFINE_PEAK(peakPortable, , 1, 4, SEPARATE)
DEFINE_PEAK(
    peakAVX2, __attribute__((target("avx2,fma"))), __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"), 8,
    FUSED)
#undef REGISTER_CONSTRAINT
#define REGISTER_CONSTRAINT(X) "+v"(X)
DEFINE_PEAK(peakAVX512, __attribute__((target("avx512f"))), __builtin_cpu_supports("avx512f"), 16, FUSED)
#else
#if defined(__aarch64__)
#define REGISTER_CONSTRAINT(X) "+w"(X)
#else
#define REGISTER_CONSTRAINT(X) "+m"(X)
#endif
DEFINE_PEAK(peakPortable, , 1, 4, SEPARATE)

double peakAVX2(long rounds, float *result) {
  return 0;
}

double peakAVX512(long rounds, float *result) {
  return 0;
}
#endif
