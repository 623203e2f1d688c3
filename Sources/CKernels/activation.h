// Functions of each element by itself, with Keras's formulas.
#pragma once

#define ELEMENTWISE(value)                                                      \
  for (; count >= LANES; count -= LANES, input += LANES, output += LANES) {     \
    const v16 x = load(input);                                                  \
    store(output, value);                                                       \
  }                                                                             \
  if (count > 0) {                                                              \
    const v16 x = loadFirst(input, count);                                      \
    storeLanes(output, value, 0, count);                                        \
  }

#define ACTIVATION(name, value)                                                 \
  static void name(const float *input, float *output, ptrdiff_t count) {        \
    ELEMENTWISE(value)                                                          \
  }

static void relu(const float *input, float *output, ptrdiff_t count, float slope, float threshold, float maximum) {
  if (slope == 0) {
    // Not a product: zero times infinity is not zero.
    ELEMENTWISE(lower(x <= threshold ? all(0) : x, all(maximum)))
  } else {
    ELEMENTWISE(lower(x <= threshold ? slope * (x - threshold) : x, all(maximum)))
  }
}

static void elu(const float *input, float *output, ptrdiff_t count, float alpha) {
  ELEMENTWISE(x > 0.0f ? x : alpha * expm1OfNegative(lower(x, all(0))))
}

/// relu6(x + 3) / 6
INLINE v16 hardSigmoidOf(v16 x) {
  return lower(raise(x + 3.0f, all(0)), all(6.0f)) / 6.0f;
}

/// x * tanh(softplus(x)); with e = exp(x) that is x * (e^2 + 2e) / (e^2 + 2e + 2).
INLINE v16 mishOf(v16 x) {
  const v16 e = expOf(lower(x, all(30.0f))), n = e * (e + 2.0f);
  return x * (n / (n + 2.0f));
}

/// sqrt(2 / pi) * (x + 0.044715 x^3), twice: x * sigmoid of it is x * (1 + tanh of half of it) / 2.
INLINE v16 geluArgument(v16 x) {
  return 1.59576912f * x * multiplyAdd(0.044715f * x, x, all(1.0f));
}

// What is a product in the formula is one here: minus infinity times the zero that a function falls to is no number.
ACTIVATION(sigmoid, sigmoidOf(x))
ACTIVATION(hyperbolicTangent, tanhOf(x))
ACTIVATION(silu, x *sigmoidOf(x))
ACTIVATION(softplus, raise(x, all(0)) + log1pOfUnit(expOf(-magnitude(x))))
ACTIVATION(softsign, x / (1.0f + magnitude(x)))
ACTIVATION(exponential, expOf(x))
ACTIVATION(mish, mishOf(x))
ACTIVATION(selu, 1.05070099f * (x > 0.0f ? x : 1.67326324f * expm1OfNegative(lower(x, all(0)))))
ACTIVATION(hardSigmoid, hardSigmoidOf(x))
ACTIVATION(hardSilu, x *hardSigmoidOf(x))
ACTIVATION(gelu, x *normalBelow(x))
ACTIVATION(geluApproximate, x *sigmoidOf(geluArgument(raise(x, all(-30.0f)))))
ACTIVATION(absolute, magnitude(x))
ACTIVATION(negative, -x)
ACTIVATION(square, x *x)
ACTIVATION(squareRoot, __builtin_elementwise_sqrt(x))
ACTIVATION(reciprocalSquareRoot, 1.0f / __builtin_elementwise_sqrt(x))
ACTIVATION(logarithm, logOf(x))
