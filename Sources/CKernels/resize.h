// Maps of another height and width.
#pragma once

INLINE void resampleBy(ptrdiff_t taps, const float *input, ptrdiff_t distance, const int *starts, const float *weights,
                       ptrdiff_t next, ptrdiff_t pixels, float *output) {
  for (ptrdiff_t pixel = 0; pixel < pixels; pixel++, weights += next, output += LANES) {
    const float *from = input + (starts ? starts[pixel] : pixel) * LANES;
    v16 sum = load(from) * weights[0];
    for (ptrdiff_t tap = 1; tap < taps; tap++) sum = multiplyAdd(load(from + tap * distance), all(weights[tap]), sum);
    store(output, sum);
  }
}

static void resample(const float *input, ptrdiff_t distance, const int *starts, const float *weights, ptrdiff_t next,
                     ptrdiff_t taps, ptrdiff_t pixels, float *output) {
  // What networks mostly have is nearest and bilinear: loops of known length.
  switch (taps) {
    case 1: resampleBy(1, input, distance, starts, weights, next, pixels, output); break;
    case 2:
      if (starts) {
        resampleBy(2, input, distance, starts, weights, next, pixels, output);
      } else {
        resampleBy(2, input, distance, NULL, weights, next, pixels, output);
      }
      break;
    default: resampleBy(taps, input, distance, starts, weights, next, pixels, output);
  }
}
