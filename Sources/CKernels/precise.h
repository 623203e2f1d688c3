// Logarithms and powers, computed in double and rounded once: within a hair of half a unit in the last place. They are
// not fused, so that every path gives the same bits.
#pragma once

typedef double d16 __attribute__((ext_vector_type(16), aligned(4)));
typedef long long l16 __attribute__((ext_vector_type(16), aligned(4)));

INLINE d16 widened(v16 x) {
  return __builtin_convertvector(x, d16);
}

INLINE v16 rounded(d16 x) {
  return __builtin_convertvector(x, v16);
}

/// Added to a whole number it stands in the low bits; subtracted again, any number has become whole.
#define WHOLE ((d16)6755399441055744.0)
#define LOG_2 0.69314718055994530942

/// log x to 40 bits, for x above zero and below infinity.
INLINE d16 preciseLog(d16 x) {
  // x = m * 2^n, with m from sqrt(1/2) to sqrt(2).
  const l16 n = ((l16)x - 0x3fe6a09e667f3bcd) >> 52;
  const d16 m = (d16)((l16)x - (n << 52));
  const d16 power = (d16)(n + (l16)WHOLE) - WHOLE;
  // log m = 2 artanh(s) = 2 (s + s^3 / 3 + s^5 / 5 + ...); |s| is at most 0.1716.
  const d16 s = (m - 1.0) / (m + 1.0), z = s * s;
  d16 sum = (d16)(1.0 / 15);
  UNROLLED for (int odd = 13; odd > 0; odd -= 2) sum = sum * z + 1.0 / odd;
  return power * LOG_2 + 2.0 * s * sum;
}

/// e^x to 40 bits, for x from -700 to 700.
INLINE d16 preciseExp(d16 x) {
  const d16 shifted = x * 1.4426950408889634074 + WHOLE;
  const d16 r = x - (shifted - WHOLE) * LOG_2;
  // The series of e^r, with |r| at most log 2 / 2.
  d16 sum = (d16)1.0;
  UNROLLED for (int n = 11; n > 0; n--) sum = sum * r * (1.0 / n) + 1.0;
  return sum * (d16)(((l16)shifted - (l16)WHOLE + 1023) << 52);
}

INLINE v16 logOf(v16 x) {
  const v16 infinity = all(__builtin_inff());
  const v16 log = x < infinity ? rounded(preciseLog(widened(x))) : infinity;
  return x > 0.0f ? log : (x == 0.0f ? -infinity : all(__builtin_nanf("")));
}

/// x^y as the C library has it, special values included.
INLINE v16 powerOf(v16 x, v16 y) {
  const v16 a = magnitude(x), infinity = all(__builtin_inff()), nan = all(__builtin_nanf(""));
  d16 exponent = widened(y) * preciseLog(widened(a));
  // Beyond, a float is zero or infinite.
  exponent = exponent > -200.0 ? exponent : (d16)(-200.0);
  exponent = exponent < 200.0 ? exponent : (d16)200.0;
  v16 power = rounded(preciseExp(exponent));
  power = a == 0.0f ? (y > 0.0f ? all(0) : infinity) : power;
  power = a == infinity ? (y > 0.0f ? infinity : all(0)) : power;
  power = a == 1.0f ? all(1.0f) : power;

  // From 2^24 on every float is whole and even.
  const v16 most = all(16777216.0f), size = magnitude(y) < most ? magnitude(y) : most;
  const i16 whole = __builtin_convertvector(size, i16);
  const i16 isWhole = __builtin_convertvector(whole, v16) == size, isOdd = isWhole & -(whole & 1);
  power = ((bitsOf(x) < 0) & isOdd) ? -power : power;
  power = ((x < 0.0f) & (a < infinity) & ~isWhole) ? nan : power;
  power = ((x != x) | (y != y)) ? nan : power;
  return ((y == 0.0f) | (x == 1.0f)) ? all(1.0f) : power;
}
