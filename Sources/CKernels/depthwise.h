// A convolution of each channel by itself: the 16 lanes are 16 convolutions.
#pragma once

enum { DEPTHWISE_PIXELS = 8 };

INLINE void depthwiseTile(const struct KERNEL_NAME(convolution) *call, const int pixels, const float *input,
                          const float *addend, float *output) {
  v16 sums[DEPTHWISE_PIXELS];
  const v16 bias = load(call->bias);
  UNROLLED for (int p = 0; p < pixels; p++) sums[p] = bias;
  const float *weights = call->weights;
  for (ptrdiff_t y = 0; y < call->kernelHeight; y++) {
    for (ptrdiff_t x = 0; x < call->kernelWidth; x++, weights += LANES) {
      const float *cell = input + y * call->tapRow + x * call->tapColumn;
      const v16 w = load(weights);
      UNROLLED for (int p = 0; p < pixels; p++) sums[p] = multiplyAdd(load(cell + p * call->inputPixel), w, sums[p]);
    }
  }
  if (addend) {
    UNROLLED for (int p = 0; p < pixels; p++) sums[p] += load(addend + p * LANES);
  }
  const v16 lowest = all(call->lowest), highest = all(call->highest);
  UNROLLED for (int p = 0; p < pixels; p++)
      store(output + p * call->outputPixel, lower(raise(sums[p], lowest), highest));
}

static void convolveDepthwise(const struct KERNEL_NAME(convolution) *call) {
  for (ptrdiff_t row = 0; row < call->rows; row++) {
    const float *input = call->input + row * call->inputRow;
    const float *addend = call->addend ? call->addend + row * call->addendRow : NULL;
    float *output = call->output + row * call->outputRow;
    ptrdiff_t left = call->pixels;
    for (; left >= DEPTHWISE_PIXELS; left -= DEPTHWISE_PIXELS) {
      depthwiseTile(call, DEPTHWISE_PIXELS, input, addend, output);
      input += DEPTHWISE_PIXELS * call->inputPixel;
      if (addend) addend += DEPTHWISE_PIXELS * LANES;
      output += DEPTHWISE_PIXELS * call->outputPixel;
    }
    for (; left > 0; left--) {
      depthwiseTile(call, 1, input, addend, output);
      input += call->inputPixel;
      if (addend) addend += LANES;
      output += call->outputPixel;
    }
  }
}
