// exp, tanh and their kin: faithful to two units in the last place or better, right at infinities, NaN and denormals.
// They are our own because a result must not depend on which mathematics library is installed. The polynomials of exp,
// log and tanh are those of S. Moshier's Cephes library.
#pragma once

/// Coefficients from the highest power down.
INLINE v16 polynomial(v16 x, const float *coefficients, int count) {
  v16 sum = all(coefficients[0]);
  UNROLLED for (int i = 1; i < count; i++) sum = multiplyAdd(sum, x, all(coefficients[i]));
  return sum;
}

#define POLYNOMIAL(x, ...) \
  polynomial(x, (const float[]){__VA_ARGS__}, (int)(sizeof((const float[]){__VA_ARGS__}) / sizeof(float)))

/// 2^n for n from -126 to 127.
INLINE v16 powerOfTwo(i16 n) {
  return fromBits((n + 127) << 23);
}

/// 1.5 * 2^23: added to a float that is not too large it rounds to a whole number, which then stands in the low bits.
static const float magic = 12582912.0f;

/// x * 2^n for whole n.
INLINE v16 timesPowerOfTwo(v16 x, v16 n) {
#if KERNEL_SCALES
  return _mm512_scalef_ps(x, n);
#else
  // Two factors: 2^n itself need not be a float where the result is denormal or infinite.
  const i16 whole = bitsOf(n + magic) - bitsOf(all(magic)), half = whole >> 1;
  return x * powerOfTwo(half) * powerOfTwo(whole - half);
#endif
}

struct Reduced {
  /// The nearest whole number of log 2.
  v16 n;
  /// e^r - 1 for what is left.
  v16 expm1;
};

/// x + low = n * log 2 + r, with |x| at most 150 and `low` small.
INLINE struct Reduced reduce(v16 x, v16 low) {
  const v16 n = multiplyAdd(x + low, all(1.44269504f), all(magic)) - magic;
  // log 2 in two parts; the first has so few bits that its product is exact.
  v16 r = multiplyAdd(n, all(-0.693359375f), x);
  r = multiplyAdd(n, all(2.12194440e-4f), r) + low;
  const v16 p = POLYNOMIAL(r, 1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f,
                           5.0000001201e-1f);
  return (struct Reduced){n, multiplyAdd(r * r, p, r)};
}

/// e^(x + low), for a small `low` that x has no bits for.
INLINE v16 expSum(v16 x, v16 low) {
  const struct Reduced y = reduce(lower(raise(x, all(-104.0f)), all(89.0f)), low);
  return timesPowerOfTwo(y.expm1 + 1.0f, y.n);
}

INLINE v16 expOf(v16 x) {
  // What adding does not change at all, so that the compiler leaves it out.
  return expSum(x, all(-0.0f));
}

/// e^x - 1 for x up to 0.
INLINE v16 expm1OfNegative(v16 x) {
  const struct Reduced y = reduce(raise(x, all(-30.0f)), all(-0.0f));
  const v16 power = timesPowerOfTwo(all(1), y.n);
  return multiplyAdd(power, y.expm1, power - 1.0f);
}

/// log(1 + t) for t from 0 to 1.
INLINE v16 log1pOfUnit(v16 t) {
  // Above sqrt(2) - 1, log(1 + t) = log(1 + (t - 1) / 2) + log 2.
  const i16 upper = t > 0.41421356f;
  const v16 x = upper ? (t - 1.0f) * 0.5f : t;
  const v16 e = upper ? all(1.0f) : all(0.0f);
  const v16 square = x * x;
  const v16 p = POLYNOMIAL(x, 7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f, -1.2420140846e-1f,
                           1.4249322787e-1f, -1.6668057665e-1f, 2.0000714765e-1f, -2.4999993993e-1f, 3.3333331174e-1f);
  v16 y = x * square * p;
  y = multiplyAdd(e, all(-2.12194440e-4f), y);
  y = multiplyAdd(square, all(-0.5f), y);
  return multiplyAdd(e, all(0.693359375f), x + y);
}

INLINE v16 tanhOf(v16 x) {
  const v16 a = magnitude(x), square = x * x;
  const v16 p = POLYNOMIAL(square, -5.70498872745e-3f, 2.06390887954e-2f, -5.37397155531e-2f, 1.33314422036e-1f,
                           -3.33332819422e-1f);
  const v16 small = multiplyAdd(p * square, x, x);
  const v16 large = 1.0f - 2.0f / (expOf(a + a) + 1.0f);
  return a < 0.625f ? small : (x < 0.0f ? -large : large);
}

/// 1 / (1 + e^-x)
INLINE v16 sigmoidOf(v16 x) {
  const v16 e = expOf(-magnitude(x));
  return (x < 0.0f ? e : all(1.0f)) / (1.0f + e);
}

/// The share of a normal distribution that lies below x, for x from -15: (1 + erf(x / sqrt 2)) / 2.
INLINE v16 normalBelow(v16 x) {
  const v16 a = lower(magnitude(x), all(15.0f));
  // With z = a / sqrt 2 the share beyond a is exp(-z^2) * erfcx(z) / 2; erfcx as a polynomial in 1 / (1 + 0.4 z), made by
  // least squares with the weights of the relative error (below 1e-8).
  const v16 t = 1.0f / multiplyAdd(a, all(0.28284271f), all(1.0f));
  const v16 q = POLYNOMIAL(t - 0.5f, -2.86375117e-2f, 6.39567226e-2f, 2.69276518e-2f, -1.22906782e-1f, -1.07804686e-1f,
                           1.81504458e-1f, 5.48015475e-1f, 7.26262689e-1f, 6.43721402e-1f, 4.21612740e-1f);
  // a^2 / 2 with twice the bits: a = high + low, of which high squared is exact.
  const v16 high = fromBits(bitsOf(a) & ~0xfff);
  const v16 e = expSum(-0.5f * high * high, -0.5f * (a - high) * (a + high));
  const v16 beyond = 0.5f * e * (q * t);
  return x < 0.0f ? beyond : 1.0f - beyond;
}
