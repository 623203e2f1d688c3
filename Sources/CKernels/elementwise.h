// Scales, and floats moved from one layout to another.
#pragma once

static void scaleRows(const float *input, float *output, ptrdiff_t rows, ptrdiff_t count, const float *scale,
                      const float *shift) {
  for (ptrdiff_t row = 0; row < rows; row++, input += count, output += count) {
    ptrdiff_t i = 0;
    for (; i + LANES <= count; i += LANES)
      store(output + i, multiplyAdd(load(input + i), load(scale + i), load(shift + i)));
    if (i < count) {
      const ptrdiff_t rest = count - i;
      const v16 x = multiplyAdd(loadFirst(input + i, rest), loadFirst(scale + i, rest), loadFirst(shift + i, rest));
      storeLanes(output + i, x, 0, rest);
    }
  }
}

static void scaleAll(const float *input, float *output, ptrdiff_t count, float scale, float shift) {
  ELEMENTWISE(multiplyAdd(x, all(scale), all(shift)))
}

static void move(const float *input, ptrdiff_t inputPixel, ptrdiff_t inputLane, float *output, ptrdiff_t outputPixel,
                 ptrdiff_t outputLane, ptrdiff_t pixels, ptrdiff_t lanes) {
  if (inputLane == 1 && outputLane == 1 && lanes == LANES) {
    for (ptrdiff_t pixel = 0; pixel < pixels; pixel++) store(output + pixel * outputPixel, load(input + pixel * inputPixel));
    return;
  }
  for (ptrdiff_t pixel = 0; pixel < pixels; pixel++) {
    const float *from = input + pixel * inputPixel;
    float *to = output + pixel * outputPixel;
    for (ptrdiff_t lane = 0; lane < lanes; lane++) to[lane * outputLane] = from[lane * inputLane];
  }
}

static void widen(const float *input, ptrdiff_t inputPixel, float *output, ptrdiff_t pixels, ptrdiff_t lanes) {
  i16 mask;
  for (ptrdiff_t lane = 0; lane < LANES; lane++) mask[lane] = lane < lanes ? -1 : 0;
  const ptrdiff_t floats = (pixels - 1) * inputPixel + lanes;
  ptrdiff_t pixel = 0;
  // 16 floats at once as long as there are as many.
  for (; pixel * inputPixel + LANES <= floats; pixel++)
    store(output + pixel * LANES, fromBits(bitsOf(load(input + pixel * inputPixel)) & mask));
  for (; pixel < pixels; pixel++) store(output + pixel * LANES, loadFirst(input + pixel * inputPixel, lanes));
}

static void clear(float *output, ptrdiff_t count) {
  for (; count >= LANES; count -= LANES, output += LANES) store(output, all(0));
  for (ptrdiff_t i = 0; i < count; i++) output[i] = 0;
}
