// What many floats come to, in an order that does not depend on who asks.
#pragma once

enum Reduction { TOTAL, GREATEST, LEAST };

INLINE v16 emptyOf(const enum Reduction function) {
  return all(function == TOTAL ? 0 : function == GREATEST ? -__builtin_inff() : __builtin_inff());
}

INLINE v16 reduced(const enum Reduction function, v16 a, v16 b) {
  return function == TOTAL ? a + b : function == GREATEST ? greater(a, b) : lesser(a, b);
}

/// Contiguous floats: each lane by itself, then the lanes.
INLINE v16 reducedRow(const enum Reduction function, const float *input, ptrdiff_t count) {
  const ptrdiff_t whole = count - count % LANES, rest = count - whole;
  v16 lanes = emptyOf(function);
  for (ptrdiff_t i = 0; i < whole; i += LANES) lanes = reduced(function, lanes, load(input + i));
  for (ptrdiff_t i = 0; i < rest; i++) lanes[i] = reduced(function, all(lanes[i]), all(input[whole + i]))[0];
  v16 result = all(lanes[0]);
  for (int lane = 1; lane < LANES; lane++) result = reduced(function, result, all(lanes[lane]));
  return result;
}

INLINE v16 reducedColumns(const enum Reduction function, const float *input, ptrdiff_t count, ptrdiff_t stride,
                          ptrdiff_t width) {
  v16 result = emptyOf(function);
  if (width == LANES) {
    for (ptrdiff_t i = 0; i < count; i++) result = reduced(function, result, load(input + i * stride));
  } else {
    for (ptrdiff_t i = 0; i < count; i++) result = reduced(function, result, loadFirst(input + i * stride, width));
  }
  return result;
}

INLINE void reduceWith(const enum Reduction function, const float *input, ptrdiff_t count, ptrdiff_t stride,
                       float *output, ptrdiff_t width, int continues) {
  for (; width > 0; width -= LANES, input += LANES, output += LANES) {
    const ptrdiff_t lanes = width < LANES ? width : LANES;
    const v16 value = stride == 1 ? reducedRow(function, input, count)
                                  : reducedColumns(function, input, count, stride, lanes);
    storeLanes(output, continues ? reduced(function, loadFirst(output, lanes), value) : value, 0, lanes);
  }
}

#define REDUCTION(name, function)                                                                            \
  static void name(const float *input, ptrdiff_t count, ptrdiff_t stride, float *output, ptrdiff_t width,    \
                   int continues) {                                                                          \
    reduceWith(function, input, count, stride, output, width, continues);                                    \
  }

REDUCTION(total, TOTAL)
REDUCTION(greatest, GREATEST)
REDUCTION(least, LEAST)
