// Sixteen floats at once; the compiler splits them for processors with narrower registers.
#pragma once

// Vectors are passed to functions that are always inlined, never by a calling convention that could depend on the target.
#pragma clang diagnostic ignored "-Wpsabi"

#define INLINE static inline __attribute__((always_inline))
#define UNROLLED _Pragma("clang loop unroll(full)")

enum { LANES = 16 };

typedef float v16 __attribute__((ext_vector_type(16), aligned(4)));
typedef int i16 __attribute__((ext_vector_type(16), aligned(4)));

INLINE v16 load(const float *from) {
  return *(const v16 *)from;
}

INLINE void store(float *to, v16 x) {
  *(v16 *)to = x;
}

INLINE v16 all(float x) {
  return (v16)x;
}

/// The first `count` lanes; the others are zero.
INLINE v16 loadFirst(const float *from, ptrdiff_t count) {
  v16 x = all(0);
  for (ptrdiff_t lane = 0; lane < count; lane++) x[lane] = from[lane];
  return x;
}

INLINE void storeLanes(float *to, v16 x, ptrdiff_t begin, ptrdiff_t end) {
  for (ptrdiff_t lane = begin; lane < end; lane++) to[lane] = x[lane];
}

/// a * b + c
INLINE v16 multiplyAdd(v16 a, v16 b, v16 c) {
#if KERNEL_FUSED
  return __builtin_elementwise_fma(a, b, c);
#else
  return a * b + c;
#endif
}

/// x, but at least `least`; NaN stays NaN.
INLINE v16 raise(v16 x, v16 least) {
  return x < least ? least : x;
}

/// x, but at most `most`; NaN stays NaN.
INLINE v16 lower(v16 x, v16 most) {
  return x > most ? most : x;
}

INLINE v16 magnitude(v16 x) {
  return __builtin_elementwise_abs(x);
}

/// The greater of the two, NaN if either is.
INLINE v16 greater(v16 a, v16 b) {
  // In this order the comparison is one instruction with its choice.
  const v16 value = b > a ? b : a;
  return b != b ? b : value;
}

/// The lesser of the two, NaN if either is.
INLINE v16 lesser(v16 a, v16 b) {
  const v16 value = b < a ? b : a;
  return b != b ? b : value;
}

INLINE i16 bitsOf(v16 x) {
  return (i16)x;
}

INLINE v16 fromBits(i16 bits) {
  return (v16)bits;
}
