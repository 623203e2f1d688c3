#include "CPeak.h"

// So many sums are under way at once: more than the units need that take four cycles for each, two of them or on ARM
// four, and few enough for 16 registers or 32.
#if defined(__aarch64__)
enum { SUMS = 24 };
#else
enum { SUMS = 12 };
#endif

// `LANES` floats a register; ADVANCE(sum, factor) multiplies and adds once, as the kernels of the path do it.
#define DEFINE_PEAK(NAME, ATTRIBUTES, IS_SUPPORTED, LANES, ADVANCE)                           \
  typedef float NAME##Register __attribute__((vector_size(4 * (LANES))));                     \
                                                                                              \
  ATTRIBUTES double NAME(long rounds, float *result) {                                        \
    if (!(IS_SUPPORTED)) return 0;                                                            \
    NAME##Register sums[SUMS];                                                                \
    NAME##Register factor = (NAME##Register){0} + 0.5f;                                       \
    __asm__("" : REGISTER_CONSTRAINT(factor));                                                \
    for (int i = 0; i < SUMS; i++) sums[i] = (NAME##Register){0} + (float)i;                  \
    for (long round = 0; round < rounds; round++) {                                           \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < SUMS; i++) {                     \
        sums[i] = ADVANCE(sums[i], factor);                                                   \
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
#define FUSED(SUM, FACTOR) __builtin_elementwise_fma(FACTOR, FACTOR, SUM)
#define SEPARATE(SUM, FACTOR) ((SUM) * (FACTOR) + (FACTOR))

#if defined(__x86_64__)
#define REGISTER_CONSTRAINT(X) "+x"(X)
DEFINE_PEAK(peakPortable, , 1, 4, SEPARATE)
DEFINE_PEAK(
    peakAVX2, __attribute__((target("avx2,fma"))), __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"), 8,
    FUSED)
#undef REGISTER_CONSTRAINT
#define REGISTER_CONSTRAINT(X) "+v"(X)
DEFINE_PEAK(peakAVX512, __attribute__((target("avx512f"))), __builtin_cpu_supports("avx512f"), 16, FUSED)
#elif defined(__aarch64__)
#define REGISTER_CONSTRAINT(X) "+w"(X)
DEFINE_PEAK(peakPortable, , 1, 4, SEPARATE)
DEFINE_PEAK(peakNEON, , 1, 4, FUSED)
#else
#define REGISTER_CONSTRAINT(X) "+m"(X)
DEFINE_PEAK(peakPortable, , 1, 4, SEPARATE)
#endif

#if !defined(__x86_64__)
double peakAVX2(long, float *) {
  return 0;
}

double peakAVX512(long, float *) {
  return 0;
}
#endif

#if !defined(__aarch64__)
double peakNEON(long, float *) {
  return 0;
}
#endif
