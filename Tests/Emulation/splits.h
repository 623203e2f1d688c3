// Values split in two bf16 numbers, and convolutions of them.
#pragma once

#include "SoftwareTiles.h"
#include "convolutions.h"
#include "scene.h"

static const struct KERNEL_NAME(split_table) *splits;

// MARK: bf16 numbers

static double fromBits(unsigned short bits) {
  const uint32_t word = (uint32_t)bits << 16;
  float x;
  memcpy(&x, &word, sizeof x);
  return (double)x;
}

/// The bf16 number nearest to x, of two the even one; x if it is not finite.
static double nearest(double x) {
  if (!isfinite(x) || x == 0) return x;
  int exponent;
  frexp(x, &exponent);
  // 8 bits, but no finer than the smallest of all.
  const double unit = ldexp(1, exponent - 8 < -133 ? -133 : exponent - 8);
  return nearbyint(x / unit) * unit;
}

static const double mostBfloat = 0x1.FEp127;

/// Whether two parts are what a float is to be split in.
static int areParts(float x, unsigned short high, unsigned short low) {
  const double first = fromBits(high), second = fromBits(low);
  if (isnan(x)) return first == 0 && isnan(second);
  if (isinf(x)) return first == 0 && second == (double)x;
  double expected = nearest((double)x);
  // Not infinity: as much as there is.
  if (fabs(expected) > mostBfloat) expected = copysign(mostBfloat, (double)x);
  return first == expected && second == nearest((double)x - expected);
}

/// Room for so many bf16 numbers, all of them the lower half of NaN's bits at first.
static unsigned short *roomForParts(Count count) {
  unsigned short *parts = (unsigned short *)room((count + 1) / 2);
  for (Count i = 0; i < result.count; i++) leaveFree(result.floats + i);
  return parts;
}

// MARK: Splitting

static void checkSplit(void) {
  const Count lanes = roll(1, 16), pixels = few(5, 40);
  const Count width = lanes < LANES && flip() ? lanes + lanes % 2 : LANES;
  const Count inputPixel = lanes + (flip() ? 0 : roll(1, 20)), outputPixel = width + (flip() ? 0 : roll(1, 20));
  const Count size = (pixels - 1) * inputPixel + lanes, written = (pixels - 1) * outputPixel + width;
  float *input = (float *)atAnEnd(1, (size_t)size * sizeof(float));
  for (Count i = 0; i < size; i++) input[i] = anyValue();
  const Count low = written + roll(0, 20);
  describe("%td pixels of %td lanes, %td apart, to %td, %td apart", pixels, lanes, inputPixel, width, outputPixel);
  unsigned short *parts = roomForParts(low + written);
  remember();
  splits->split(input, inputPixel, lanes, parts, outputPixel, low, width, pixels);
  judge();
  const unsigned short *old = (const unsigned short *)(before + GUARD_BYTES);
  for (Count i = 0; i < low + written; i++) {
    // Parts of pixels that stand apart may be high ones, low ones or neither.
    const Count place = i < low ? i : i - low, pixel = place / outputPixel, lane = place % outputPixel;
    if (pixel >= pixels || lane >= width) {
      if (parts[i] != old[i]) fail("part %td, which is not the function's, was written", i);
      continue;
    }
    const float x = lane < lanes ? input[pixel * inputPixel + lane] : 0;
    const unsigned short high = parts[place], rest = parts[low + place];
    if (!areParts(x, high, rest)) fail("%.9g became %.9g + %.9g", (double)x, fromBits(high), fromBits(rest));
  }
}

static void checkSplitWeights(void) {
  const Count depth = 2 * roll(1, 16), count = depth * LANES;
  float *weights = (float *)atAnEnd(1, (size_t)count * sizeof(float));
  for (Count i = 0; i < count; i++) weights[i] = anyValue();
  describe("%td channels", depth);
  unsigned short *parts = roomForParts(2 * count);
  remember();
  splits->splitWeights(weights, depth, parts);
  judge();
  for (Count channel = 0; channel < depth; channel++) {
    for (Count lane = 0; lane < LANES; lane++) {
      const float x = weights[channel * LANES + lane];
      const Count place = channel / 2 * 32 + lane * 2 + channel % 2;
      const unsigned short high = parts[place], low = parts[count + place];
      if (!areParts(x, high, low)) fail("%.9g became %.9g + %.9g", (double)x, fromBits(high), fromBits(low));
    }
  }
}

// MARK: Convolution

typedef struct KERNEL_NAME(split_convolution) SplitConvolution;

/// Bf16 numbers to read: floats and, `low` behind them, what is missing to them.
static unsigned short *splitNumbers(int slot, const float *floats, Count count, Count low) {
  unsigned short *parts = (unsigned short *)atAnEnd(slot, (size_t)(low + count) * sizeof *parts);
  splits->split(floats, 1, 1, parts, 1, low, 1, count);
  return parts;
}

static void checkSplitConvolve(void) {
  Convolution call = {0};
  call.rows = few(3, 6);
  call.pixels = few(8, 40);
  call.blocks = few(3, 5);
  call.kernelHeight = few(3, 5);
  call.kernelWidth = few(3, 5);
  const Count chunks = few(2, 4), depth = 2 * roll(1, 16);
  rollClamp(&call.lowest, &call.highest);

  // Strides as floats would have them; what is split has the same.
  Count inputChunk;
  if (roll(0, 3) == 0) {
    // Rows of windows that are one run, in which pixels share cells.
    call.kernelWidth = 1;
    call.inputPixel = roll(1, 20);
    inputChunk = depth;
    call.tapRow = (call.pixels - 1) * call.inputPixel + chunks * depth + roll(0, 20);
    call.inputRow = roll(1, 3) * call.tapRow;
  } else {
    const Count stride = flip() ? 1 : roll(1, 3), dilation = flip() ? 1 : roll(1, 3);
    const Count gap = flip() ? 0 : roll(1, 5), rowLength = (call.pixels * stride + gap) * depth;
    call.inputPixel = stride * depth;
    call.inputRow = gap == 0 && flip() ? rowLength : roll(1, 2) * rowLength;
    call.tapRow = roll(1, 3) * rowLength;
    call.tapColumn = dilation * depth;
    inputChunk = reach(&call, 1) + depth + roll(0, 30);
  }
  const Count size = reach(&call, 1) + (chunks - 1) * inputChunk + depth;
  const Count taps = call.kernelHeight * call.kernelWidth, weightCount = chunks * taps * depth * LANES;
  float *input = numbers(1, size), *weights = numbers(2, call.blocks * weightCount);
  // Now and then numbers that have no low parts and whose sums are exact.
  const int isExact = roll(0, 3) == 0;
  if (isExact) {
    for (Count i = 0; i < size; i++) input[i] = roundf(8 * input[i]);
    for (Count i = 0; i < call.blocks * weightCount; i++) weights[i] = roundf(8 * weights[i]);
  }
  // Of two that are not finite the product is NaN, even of infinity and infinity.
  if (roll(0, 3)) {
    poison(input, size);
  } else {
    poison(weights, call.blocks * weightCount);
  }
  call.bias = numbers(3, call.blocks * LANES);
  if (isExact) memset((float *)call.bias, 0, (size_t)(call.blocks * LANES) * sizeof(float));

  const Count lanes = flip() ? LANES : roll(1, LANES);
  if (flip()) {
    // Rows of a matrix.
    call.outputBlock = LANES;
    call.outputPixel = (call.blocks - 1) * LANES + lanes;
    call.outputRow = call.pixels * call.outputPixel;
  } else {
    call.outputPixel = LANES;
    call.outputRow = call.pixels * LANES + (flip() ? 0 : roll(1, 40));
    call.outputBlock = call.rows * call.outputRow + roll(0, 40);
  }
  call.output = room((call.blocks - 1) * call.outputBlock + (call.rows - 1) * call.outputRow +
                     (call.pixels - 1) * call.outputPixel + lanes);
  if (!isExact) rollAddend(&call, call.output, 4);
  describe("%td x %td pixels, %td blocks, %td lanes, window %td x %td, %td chunks of %td, pixels %td apart, addend %s",
           call.rows, call.pixels, call.blocks, lanes, call.kernelHeight, call.kernelWidth, chunks, depth, call.inputPixel,
           !call.addend ? "none" : call.addend == call.output ? "in place" : "apart");

  const double ofProducts = isExact ? 0 : 0x1p-15 + ofMagnitude;
  for (Count b = 0; b < call.blocks; b++) {
    for (Count y = 0; y < call.rows; y++) {
      for (Count x = 0; x < call.pixels; x++) {
        double sums[LANES], magnitudes[LANES];
        for (Count f = 0; f < LANES; f++) magnitudes[f] = fabs(sums[f] = call.bias[b * LANES + f]);
        const float *w = weights + b * weightCount;
        for (Count chunk = 0; chunk < chunks; chunk++) {
          for (Count tap = 0; tap < taps; tap++) {
            const float *cell = input + y * call.inputRow + x * call.inputPixel + chunk * inputChunk +
                                tap / call.kernelWidth * call.tapRow + tap % call.kernelWidth * call.tapColumn;
            for (Count channel = 0; channel < depth; channel++, w += LANES) {
              for (Count f = 0; f < LANES; f++) {
                sums[f] += (double)cell[channel] * w[f];
                magnitudes[f] += fabs((double)cell[channel] * w[f]);
              }
            }
          }
        }
        for (Count f = 0; f < (b == call.blocks - 1 ? lanes : LANES); f++) {
          expectConvolved(&call, b, y, x, f, sums[f], magnitudes[f]);
          const Count place = call.output + b * call.outputBlock + y * call.outputRow + x * call.outputPixel + f - result.floats;
          tolerances[place] = isfinite(magnitudes[f]) ? ofProducts * magnitudes[f] + (isExact ? 0 : 1e-6) : 0;
        }
      }
    }
  }

  SplitConvolution splitCall = {
      .low = size + roll(0, 9),
      .inputRow = call.inputRow,
      .inputPixel = call.inputPixel,
      .inputChunk = inputChunk,
      .tapRow = call.tapRow,
      .tapColumn = call.tapColumn,
      .kernelHeight = call.kernelHeight,
      .kernelWidth = call.kernelWidth,
      .chunks = chunks,
      .depth = depth,
      .panel = 2 * weightCount,
      .bias = call.bias,
      .output = call.output,
      .outputRow = call.outputRow,
      .outputPixel = call.outputPixel,
      .outputBlock = call.outputBlock,
      .rows = call.rows,
      .pixels = call.pixels,
      .blocks = call.blocks,
      .lanes = lanes,
      .lowest = call.lowest,
      .highest = call.highest,
      .addend = call.addend,
      .addendRow = call.addendRow,
      .addendBlock = call.addendBlock,
  };
  splitCall.input = splitNumbers(5, input, size, splitCall.low);
  unsigned short *packed = (unsigned short *)atAnEnd(6, (size_t)(call.blocks * splitCall.panel) * sizeof *packed);
  for (Count part = 0; part < call.blocks * chunks * taps; part++)
    splits->splitWeights(weights + part * depth * LANES, depth, packed + 2 * part * depth * LANES);
  splitCall.weights = packed;
  remember();
  splits->convolve(&splitCall);
  judge();
}
