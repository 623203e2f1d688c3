// A convolution of each channel by itself: the 16 lanes are 16 convolutions.
#pragma once

INLINE void storeDepthwise(const struct KERNEL_NAME(convolution) *call, v16 *sums, const int pixels,
                           const float *addend, float *output) {
  if (addend) {
    UNROLLED for (int p = 0; p < pixels; p++) sums[p] += load(addend + p * LANES);
  }
  const v16 lowest = all(call->lowest), highest = all(call->highest);
  UNROLLED for (int p = 0; p < pixels; p++)
      store(output + p * call->outputPixel, lower(raise(sums[p], lowest), highest));
}

/// One pixel, whatever the window.
INLINE void depthwisePixel(const struct KERNEL_NAME(convolution) *call, const float *input, const float *addend,
                           float *output) {
  v16 sum = load(call->bias);
  const float *weights = call->weights;
  for (ptrdiff_t y = 0; y < call->kernelHeight; y++) {
    const float *cell = input + y * call->tapRow;
    for (ptrdiff_t x = 0; x < call->kernelWidth; x++, cell += call->tapColumn, weights += LANES)
      sum = multiplyAdd(load(cell), load(weights), sum);
  }
  storeDepthwise(call, &sum, 1, addend, output);
}

/// Neighbouring pixels of a row, whose windows are squares of neighbouring cells. All loops have constant bounds and
/// vanish: a cell is loaded once for all windows that it is in, and the weights stay in registers if they fit.
INLINE void depthwiseTile(const struct KERNEL_NAME(convolution) *call, const int size, const int stride,
                          const int pixels, const float *input, const float *addend, float *output) {
  v16 sums[DEPTHWISE_PIXELS];
  const v16 bias = load(call->bias);
  UNROLLED for (int p = 0; p < pixels; p++) sums[p] = bias;
  UNROLLED for (int y = 0; y < size; y++) {
    UNROLLED for (int x = 0; x < (pixels - 1) * stride + size; x++) {
      const v16 cell = load(input + y * call->tapRow + x * LANES);
      UNROLLED for (int p = 0; p < pixels; p++) {
        const int column = x - p * stride;
        if (column < 0 || column >= size) continue;
        sums[p] = multiplyAdd(cell, load(call->weights + (y * size + column) * LANES), sums[p]);
      }
    }
  }
  storeDepthwise(call, sums, pixels, addend, output);
}

#define DEPTHWISE_TILE(pixels, size, stride)                                                                           \
  static __attribute__((noinline)) void depthwise_##pixels##_##size##_##stride(                                        \
      const struct KERNEL_NAME(convolution) *call, const float *input, const float *addend, float *output) {           \
    depthwiseTile(call, size, stride, pixels, input, addend, output);                                                  \
  }
EACH_WIDTH(DEPTHWISE_TILE, 3, 1)
EACH_WIDTH(DEPTHWISE_TILE, 3, 2)
EACH_WIDTH(DEPTHWISE_TILE, 5, 1)
EACH_WIDTH(DEPTHWISE_TILE, 5, 2)

typedef void (*DepthwiseTile)(const struct KERNEL_NAME(convolution) *, const float *, const float *, float *);

#define DEPTHWISE_ENTRY(pixels, size, stride) [pixels] = depthwise_##pixels##_##size##_##stride,
/// By the window's size (3, 5), the stride (1, 2) and the number of pixels.
static const DepthwiseTile depthwiseTiles[2][2][DEPTHWISE_PIXELS + 1] = {
    {{EACH_WIDTH(DEPTHWISE_ENTRY, 3, 1)}, {EACH_WIDTH(DEPTHWISE_ENTRY, 3, 2)}},
    {{EACH_WIDTH(DEPTHWISE_ENTRY, 5, 1)}, {EACH_WIDTH(DEPTHWISE_ENTRY, 5, 2)}},
};

/// The tiles for a window and stride; null where there are none.
static const DepthwiseTile *tilesOfWindow(const struct KERNEL_NAME(convolution) *call) {
  const ptrdiff_t size = call->kernelHeight, stride = call->inputPixel / LANES;
  const int isKnown = call->kernelWidth == size && (size == 3 || size == 5) && (stride == 1 || stride == 2);
  return isKnown && call->tapColumn == LANES ? depthwiseTiles[size / 2 - 1][stride - 1] : NULL;
}

static void convolveDepthwise(const struct KERNEL_NAME(convolution) *call) {
  const DepthwiseTile *tiles = tilesOfWindow(call);
  // Tiles of nearly the same width, rather than wide ones and a narrow rest.
  const ptrdiff_t count = tiles ? (call->pixels + DEPTHWISE_PIXELS - 1) / DEPTHWISE_PIXELS : call->pixels;
  const ptrdiff_t width = call->pixels / count, wider = call->pixels % count;
  for (ptrdiff_t row = 0; row < call->rows; row++) {
    const float *input = call->input + row * call->inputRow;
    const float *addend = call->addend ? call->addend + row * call->addendRow : NULL;
    float *output = call->output + row * call->outputRow;
    for (ptrdiff_t tile = 0; tile < count; tile++) {
      const ptrdiff_t n = width + (tile < wider);
      if (tiles) {
        tiles[n](call, input, addend, output);
      } else {
        depthwisePixel(call, input, addend, output);
      }
      input += n * call->inputPixel;
      if (addend) addend += n * LANES;
      output += n * call->outputPixel;
    }
  }
}
