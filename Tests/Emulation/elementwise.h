// Functions of each float by itself, of two operands, and floats that are scaled or moved.
#pragma once

#include "scene.h"

/// How far a function may be off, in units in the last place of the true value, plus an absolute error.
static void expectWithin(const float *place, double value, double units, double absolute) {
  const float nearest = (float)value;
  if (!isfinite(nearest)) {
    expect(place, nearest, 0);
    return;
  }
  const double size = fabs(value), unit = size < 0x1p-126 ? 0x1p-149 : ldexp(1, ilogb(size) - 23);
  expect(place, value, units * unit + absolute);
}

/// What the functions take besides.
static float slope, threshold, highest, alpha;

static double logistic(double x) {
  return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x));
}

static double reluOf(double x) {
  const double low = slope == 0 ? 0 : slope * (x - threshold), y = x <= threshold ? low : x;
  return y > highest ? highest : y;
}

static double eluOf(double x) { return x > 0 ? x : alpha * expm1(x); }
static double sigmoidOf(double x) { return logistic(x); }
static double siluOf(double x) { return x * logistic(x); }
static double softplusOf(double x) { return fmax(x, 0) + log1p(exp(-fabs(x))) + 0 * (x == x ? 0 : x); }
static double softsignOf(double x) { return x / (1 + fabs(x)); }
static double mishOf(double x) { return x * tanh(softplusOf(x)); }
static double seluOf(double x) { return 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * expm1(x)); }
static double hardSigmoidOf(double x) { return isnan(x) ? x : fmin(fmax(x + 3, 0), 6) / 6; }
static double hardSiluOf(double x) { return x * hardSigmoidOf(x); }
static double geluOf(double x) { return x * erfc(-x / sqrt(2)) / 2; }
static double geluApproximateOf(double x) {
  const double argument = 2 * sqrt(2 / 3.14159265358979323846) * (x + 0.044715 * x * x * x);
  return x * logistic(argument);
}
static double negativeOf(double x) { return -x; }
static double squareOf(double x) { return x * x; }
static double reciprocalSquareRootOf(double x) { return 1 / sqrt(x); }
static double logarithmOf(double x) { return x == 0 ? -INFINITY : log(x); }

/// Runs a function over some floats, in place or not, and compares it with `reference`.
#define CHECK_ELEMENTWISE(name, reference, units, absolute, call)                                       \
  static void check_##name(void) {                                                                      \
    const Count count = roll(0, 2) ? roll(0, 40) : roll(0, 200);                                        \
    const int isInPlace = flip();                                                                       \
    float *output = room(count), *input = isInPlace ? output : numbers(1, count);                       \
    slope = flip() ? 0 : 0.1f;                                                                          \
    threshold = flip() ? 0 : 0.5f;                                                                      \
    highest = flip() ? INFINITY : 6;                                                                    \
    alpha = flip() ? 1 : 1.5f;                                                                          \
    for (Count i = 0; i < count; i++) input[i] = anyValue();                                            \
    describe("%td floats%s, slope %g, threshold %g, at most %g, alpha %g", count, isInPlace ? " in place" : "", \
             (double)slope, (double)threshold, (double)highest, (double)alpha);                         \
    for (Count i = 0; i < count; i++) expectWithin(output + i, reference(input[i]), units, absolute);   \
    remember();                                                                                         \
    table->call;                                                                                        \
    judge();                                                                                            \
  }
#define CHECK_FUNCTION(name, reference, units, absolute) \
  CHECK_ELEMENTWISE(name, reference, units, absolute, name(input, output, count))

CHECK_ELEMENTWISE(relu, reluOf, 1.5, 0, relu(input, output, count, slope, threshold, highest))
CHECK_ELEMENTWISE(elu, eluOf, 2.5, 0, elu(input, output, count, alpha))
CHECK_FUNCTION(sigmoid, sigmoidOf, 3, 0)
CHECK_FUNCTION(tanh, tanh, 2, 0)
// Where the exponential is denormal, x times its error is some hundred of the smallest units.
CHECK_FUNCTION(silu, siluOf, 4, 2e-43)
CHECK_FUNCTION(softplus, softplusOf, 2.5, 0)
CHECK_FUNCTION(softsign, softsignOf, 1.5, 0)
CHECK_FUNCTION(exponential, exp, 1.5, 0)
CHECK_FUNCTION(mish, mishOf, 5, 2e-43)
CHECK_FUNCTION(selu, seluOf, 3, 0)
CHECK_FUNCTION(hardSigmoid, hardSigmoidOf, 1, 1e-7)
CHECK_FUNCTION(hardSilu, hardSiluOf, 2, 4e-7)
CHECK_FUNCTION(gelu, geluOf, 10, 0)
// The argument of the exponential has an error that grows with it.
CHECK_FUNCTION(geluApproximate, geluApproximateOf, 8, 2e-7)
CHECK_FUNCTION(absolute, fabs, 0, 0)
CHECK_FUNCTION(negative, negativeOf, 0, 0)
CHECK_FUNCTION(square, squareOf, 0.5, 0)
CHECK_FUNCTION(squareRoot, sqrt, 0.5, 0)
CHECK_FUNCTION(reciprocalSquareRoot, reciprocalSquareRootOf, 1.5, 0)
CHECK_FUNCTION(logarithm, logarithmOf, 0.51, 0)

// MARK: Two operands

typedef struct KERNEL_NAME(operand) Operand;

/// An operand of any form; only floats that are read are there. Contiguous ones may be the memory of the result.
static Operand rollOperand(int slot, Count count, float *output) {
  Operand operand = {.pixel = (const Count[]){0, 1, LANES, LANES, 19}[roll(0, 4)], .lane = flip()};
  const Count pixels = (count + LANES - 1) / LANES, last = count - (pixels - 1) * LANES;
  const int isContiguous = operand.pixel == LANES && operand.lane;
  Count size = 0;
  if (count > 0) {
    // The last pixel has fewer lanes, but the one before may reach further.
    size = (pixels - 1) * operand.pixel + (last - 1) * operand.lane + 1;
    const Count whole = (pixels - 2) * operand.pixel + (LANES - 1) * operand.lane + 1;
    if (pixels > 1 && whole > size) size = whole;
  }
  float *floats = isContiguous && flip() ? output : numbers(slot, size);
  for (Count i = 0; i < size; i++) floats[i] = anyValue();
  operand.start = floats;
  return operand;
}

static double operandAt(Operand operand, Count i) {
  return operand.start[i / LANES * operand.pixel + i % LANES * operand.lane];
}

static double addOf(double x, double y) { return x + y; }
static double subtractOf(double x, double y) { return x - y; }
static double multiplyOf(double x, double y) { return x * y; }
static double divideOf(double x, double y) { return x / y; }
static double maximumOf(double x, double y) { return isnan(x) || isnan(y) ? NAN : fmax(x, y); }
static double minimumOf(double x, double y) { return isnan(x) || isnan(y) ? NAN : fmin(x, y); }
static double parametricReluOf(double x, double y) { return x > 0 ? x : x * y; }

#define CHECK_ARITHMETIC(name, reference, units)                                                        \
  static void check_##name(void) {                                                                      \
    const Count count = roll(0, 2) ? roll(0, 40) : roll(0, 200);                                        \
    float *output = room(count);                                                                        \
    const Operand left = rollOperand(1, count, output), right = rollOperand(2, count, output);          \
    describe("%td floats, left pixel %td lane %td%s, right pixel %td lane %td%s", count, left.pixel, left.lane, \
             left.start == output ? " in place" : "", right.pixel, right.lane,                          \
             right.start == output ? " in place" : "");                                                 \
    for (Count i = 0; i < count; i++) {                                                                 \
      const double value = reference(operandAt(left, i), operandAt(right, i));                          \
      if (units > 0) {                                                                                      \
        expectWithin(output + i, value, units, 0);                                                      \
      } else {                                                                                          \
        expectExactly(output + i, value);                                                               \
      }                                                                                                 \
    }                                                                                                   \
    remember();                                                                                         \
    table->name(left, right, output, count);                                                            \
    judge();                                                                                            \
  }

CHECK_ARITHMETIC(add, addOf, 0)
CHECK_ARITHMETIC(subtract, subtractOf, 0)
CHECK_ARITHMETIC(multiply, multiplyOf, 0)
CHECK_ARITHMETIC(divide, divideOf, 0)
CHECK_ARITHMETIC(maximum, maximumOf, 0)
CHECK_ARITHMETIC(minimum, minimumOf, 0)
CHECK_ARITHMETIC(power, pow, 0.51)
CHECK_ARITHMETIC(parametricRelu, parametricReluOf, 0)

// MARK: Scales

static void check_scaleRows(void) {
  const Count rows = roll(1, 5), count = roll(1, 70);
  const int isInPlace = flip();
  float *output = room(rows * count), *input = isInPlace ? output : numbers(1, rows * count);
  for (Count i = 0; i < rows * count; i++) input[i] = value();
  poison(input, rows * count);
  const float *scale = numbers(2, count), *shift = numbers(3, count);
  describe("%td rows of %td%s", rows, count, isInPlace ? " in place" : "");
  for (Count i = 0; i < rows * count; i++) {
    const double product = (double)input[i] * scale[i % count], sum = product + shift[i % count];
    expect(output + i, sum, 1.2e-7 * (fabs(product) + fabs(sum)));
  }
  remember();
  table->scaleRows(input, output, rows, count, scale, shift);
  judge();
}

static void check_scale(void) {
  const Count count = roll(0, 100);
  const int isInPlace = flip();
  float *output = room(count), *input = isInPlace ? output : numbers(1, count);
  for (Count i = 0; i < count; i++) input[i] = value();
  poison(input, count);
  const float scale = value(), shift = value();
  describe("%td floats%s", count, isInPlace ? " in place" : "");
  for (Count i = 0; i < count; i++) {
    const double product = (double)input[i] * scale, sum = product + shift;
    expect(output + i, sum, 1.2e-7 * (fabs(product) + fabs(sum)));
  }
  remember();
  table->scale(input, output, count, scale, shift);
  judge();
}

// MARK: Moves

static void check_move(void) {
  const Count pixels = roll(1, 20), lanes = flip() ? LANES : roll(1, 20);
  // Pixels of neighbouring lanes, or lanes of neighbouring pixels; the input may also repeat one float.
  const int isTurned = flip(), inputIsTurned = flip(), isConstant = roll(0, 9) == 0;
  const Count outputLane = isTurned ? pixels + roll(0, 3) : 1, outputPixel = isTurned ? 1 : lanes + roll(0, 3);
  const Count inputLane = isConstant ? 0 : inputIsTurned ? pixels + roll(0, 3) : 1;
  const Count inputPixel = isConstant ? 0 : inputIsTurned ? 1 : lanes + roll(0, 3);
  const Count size = (pixels - 1) * inputPixel + (lanes - 1) * inputLane + 1;
  float *input = numbers(1, size), *output = room((pixels - 1) * outputPixel + (lanes - 1) * outputLane + 1);
  poison(input, size);
  describe("%td pixels %td apart to %td apart, %td lanes %td apart to %td apart", pixels, inputPixel, outputPixel, lanes,
           inputLane, outputLane);
  for (Count p = 0; p < pixels; p++) {
    for (Count l = 0; l < lanes; l++)
      expectExactly(output + p * outputPixel + l * outputLane, input[p * inputPixel + l * inputLane]);
  }
  remember();
  table->move(input, inputPixel, inputLane, output, outputPixel, outputLane, pixels, lanes);
  judge();
}

static void check_widen(void) {
  const Count pixels = roll(1, 40), lanes = roll(1, LANES), inputPixel = lanes + (flip() ? 0 : roll(0, 20));
  const Count size = (pixels - 1) * inputPixel + lanes;
  float *input = numbers(1, size), *output = room(pixels * LANES);
  poison(input, size);
  describe("%td pixels %td apart of %td lanes", pixels, inputPixel, lanes);
  for (Count p = 0; p < pixels; p++) {
    for (Count l = 0; l < LANES; l++) expectExactly(output + p * LANES + l, l < lanes ? input[p * inputPixel + l] : 0);
  }
  remember();
  table->widen(input, inputPixel, output, pixels, lanes);
  judge();
}

static void check_clear(void) {
  const Count count = roll(0, 100);
  float *output = room(count);
  describe("%td floats", count);
  for (Count i = 0; i < count; i++) expectExactly(output + i, 0);
  remember();
  table->clear(output, count);
  judge();
}
