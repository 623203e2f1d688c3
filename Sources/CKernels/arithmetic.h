// Two operands, float by float; either may repeat a pixel, a lane of each pixel, or one float.
#pragma once

/// The floats of an operand from `from` on: 16, or the first `count`.
INLINE v16 operandLanes(const float *from, const int lane, ptrdiff_t count) {
  return !lane ? all(*from) : count >= LANES ? load(from) : loadFirst(from, count);
}

#define ARITHMETIC_LOOP(value, leftLane, rightLane)                                                  \
  for (; count >= LANES; count -= LANES, a += left.pixel, b += right.pixel, output += LANES) {       \
    const v16 x = operandLanes(a, leftLane, LANES), y = operandLanes(b, rightLane, LANES);           \
    store(output, value);                                                                            \
  }

// The loop over whole vectors once for each form of the operands, so that it holds no decisions.
#define ARITHMETIC(name, value)                                                                      \
  static void name(struct KERNEL_NAME(operand) left, struct KERNEL_NAME(operand) right,              \
                   float *output, ptrdiff_t count) {                                                 \
    const float *a = left.start, *b = right.start;                                                   \
    if (left.lane && right.lane) {                                                                   \
      ARITHMETIC_LOOP(value, 1, 1)                                                                   \
    } else if (left.lane) {                                                                          \
      ARITHMETIC_LOOP(value, 1, 0)                                                                   \
    } else if (right.lane) {                                                                         \
      ARITHMETIC_LOOP(value, 0, 1)                                                                   \
    } else {                                                                                         \
      ARITHMETIC_LOOP(value, 0, 0)                                                                   \
    }                                                                                                \
    if (count > 0) {                                                                                 \
      const v16 x = operandLanes(a, left.lane != 0, count), y = operandLanes(b, right.lane != 0, count); \
      storeLanes(output, value, 0, count);                                                           \
    }                                                                                                \
  }

ARITHMETIC(add, x + y)
ARITHMETIC(subtract, x - y)
ARITHMETIC(multiply, x *y)
ARITHMETIC(divide, x / y)
ARITHMETIC(maximum, greater(x, y))
ARITHMETIC(minimum, lesser(x, y))
ARITHMETIC(parametricRelu, x > 0.0f ? x : x * y)

/// Its code is long; next to it decisions cost nothing.
static void power(struct KERNEL_NAME(operand) left, struct KERNEL_NAME(operand) right, float *output, ptrdiff_t count) {
  const float *a = left.start, *b = right.start;
  for (; count > 0; count -= LANES, a += left.pixel, b += right.pixel, output += LANES) {
    const ptrdiff_t lanes = count < LANES ? count : LANES;
    const v16 x = operandLanes(a, left.lane != 0, lanes), y = operandLanes(b, right.lane != 0, lanes);
    storeLanes(output, powerOf(x, y), 0, lanes);
  }
}
