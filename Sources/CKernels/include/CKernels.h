/// The innermost loops, behind one table of functions for each kind of processor.
///
/// Maps are stored in blocks of 16 channels, `[block][row][column][16]`; a *pixel* is 16 floats, one of each channel of a
/// block. All strides and counts are in floats unless they say pixels, rows or blocks. Nothing here allocates, locks or
/// keeps state. For one table each float of a result is computed by the same operations in the same order however the
/// work is cut.
#pragma once

#include <stddef.h>

#include "KernelPrefix.h"

#define KERNEL_PASTE_(prefix, name) prefix##_##name
#define KERNEL_PASTE(prefix, name) KERNEL_PASTE_(prefix, name)
/// The name of a symbol or tag, with the prefix.
#define KERNEL_NAME(name) KERNEL_PASTE(KERNEL_PREFIX, name)
/// The name by which Swift knows it, whatever the prefix.
#define KERNEL_SWIFT(name) __attribute__((swift_name(name)))

#pragma clang assume_nonnull begin

/// A rectangle of a convolution's result: `rows` x `pixels` of `blocks` blocks.
///
///     output[row][pixel][f] = bias[f] + sum over (channel block, kernel row, kernel column, channel) of
///       input[row * inputRow + pixel * inputPixel + kernel row * tapRow + kernel column * tapColumn + channel]
///       * weights[channel block][kernel row][kernel column][channel][f]
///
/// in that order, plus the addend if there is one, then raised to `lowest` and lowered to `highest`; NaN stays NaN.
struct KERNEL_SWIFT("ConvolutionCall") KERNEL_NAME(convolution) {
  /// The first cell of the first pixel's window, at its first channel.
  const float *input;
  ptrdiff_t inputRow, inputPixel, inputBlock;
  ptrdiff_t tapRow, tapColumn;
  ptrdiff_t kernelHeight, kernelWidth;
  /// Channels to sum over, and how many of them stand in the block where they begin.
  ptrdiff_t channels, headChannels;
  /// One panel of 16 filters for each block of the output: `[channel block][kernel row][kernel column][channel][16]`,
  /// only channels that exist.
  const float *weights;
  ptrdiff_t panel;
  /// How far behind the weights those stand that will be read next; they are brought into the cache meanwhile.
  ptrdiff_t ahead;
  /// 16 floats for each block of the output.
  const float *bias;
  float *output;
  ptrdiff_t outputRow, outputPixel, outputBlock;
  ptrdiff_t rows, pixels, blocks;
  /// The lanes of the last block that are written; the others stay as they are.
  ptrdiff_t laneBegin, laneEnd;
  float lowest, highest;
  /// The first pixel of what is added, if anything is; neighbouring pixels stand next to each other. It may be the
  /// output's memory.
  const float *_Nullable addend;
  ptrdiff_t addendRow, addendBlock;
};

/// Neighbouring tiles of Winograd's convolution in one row of tiles and one block of channels.
struct KERNEL_SWIFT("TilesCall") KERNEL_NAME(tiles) {
  /// Cells of a tile along one side and results that it gives: 6 and 4, 6 and 2, 4 and 2, for lines 10 and 4 too.
  ptrdiff_t cells, results;
  /// 0 for square tiles; for lines how far apart the cells of one stand in the map: as columns do, or as rows do.
  ptrdiff_t line;
  ptrdiff_t count;
  /// The first cell of the first tile in the map that is read, or its first result in the map that is written.
  float *map;
  ptrdiff_t mapRow, mapTile;
  /// The first tile's value in the first cell, `[cell row][cell column][tile][16]`, of lines `[cell][tile][16]`, with cells
  /// `valueCell` apart.
  float *values;
  ptrdiff_t valueCell;
  /// For results: 16 floats, the bounds as in a convolution, and how many rows and columns the map has from here on.
  const float *_Nullable bias;
  float lowest, highest;
  ptrdiff_t rows, columns;
  /// What is added to the results, if anything is, at the first of them. It may be the memory of the map.
  const float *_Nullable addend;
  ptrdiff_t addendRow;
};

/// Rows of a pooling's result in one block.
struct KERNEL_SWIFT("PoolingCall") KERNEL_NAME(pooling) {
  /// The block's first pixel, border not counted.
  const float *input;
  ptrdiff_t inputRow, height, width;
  ptrdiff_t windowHeight, windowWidth, strideHeight, strideWidth;
  /// Padding: where the first window begins, and how far cells outside the map count.
  ptrdiff_t top, left, bottom, right;
  /// The first pixel of row `firstRow` of the result.
  float *output;
  ptrdiff_t outputRow, firstRow, rows, pixels;
};

/// One of two operands: `start[i * pixel + lane * l]` is its float at position `16 * i + l`.
///
/// A `lane` of 1 and a `pixel` of 16 are contiguous floats; a `pixel` of 0 repeats 16 floats, a `lane` of 0 the first of
/// each 16, and both one float.
struct KERNEL_SWIFT("Operand") KERNEL_NAME(operand) {
  const float *start;
  ptrdiff_t pixel, lane;
};

/// Pixels of a map, each normalized over its channels: (x - mean) / sqrt(variance + epsilon) * scale + shift.
struct KERNEL_SWIFT("PixelNormalizationCall") KERNEL_NAME(pixel_normalization) {
  /// The first pixel in the first block.
  const float *input;
  ptrdiff_t inputBlock, channels;
  double epsilon;
  /// 16 floats for each block.
  const float *scale;
  const float *shift;
  float *output;
  ptrdiff_t outputBlock, pixels;
};

/// Pixels of one block of a map, each value over (bias + alpha * sum of squares)^beta, summed over the channels at most
/// `radius` away.
struct KERNEL_SWIFT("ResponseCall") KERNEL_NAME(response) {
  /// The first pixel in the first block of the map.
  const float *input;
  ptrdiff_t inputBlock, block, channels, radius;
  float bias, alpha, beta;
  /// The first pixel in the block.
  float *output;
  ptrdiff_t pixels;
};

/// The kernels for one kind of processor. Where both are given, `input` and `output` may be the same memory.
struct KERNEL_SWIFT("KernelTable") KERNEL_NAME(table) {
  const char *name;

  void (*convolve)(const struct KERNEL_NAME(convolution) *call);
  /// A convolution of each channel by itself. One block; `weights` is `[kernel row][kernel column][16]`; channels, lanes
  /// and panel are not looked at.
  void (*convolveDepthwise)(const struct KERNEL_NAME(convolution) *call);

  /// The tiles of a map as Winograd's convolution multiplies them.
  void (*transformTiles)(const struct KERNEL_NAME(tiles) *call);
  /// The results from the sums of products, with bias and bounds.
  void (*gatherTiles)(const struct KERNEL_NAME(tiles) *call);

  /// Cells outside the map never win. A window with NaN gives NaN; a window without cells, minus infinity.
  void (*poolMaximum)(const struct KERNEL_NAME(pooling) *call);
  /// The mean of the cells inside the map; a window without cells gives NaN.
  void (*poolMean)(const struct KERNEL_NAME(pooling) *call);
  /// The sum of the cells inside the map over the number of cells within map and padding.
  void (*poolMeanPadded)(const struct KERNEL_NAME(pooling) *call);

  void (*relu)(const float *input, float *output, ptrdiff_t count, float slope, float threshold, float maximum);
  void (*elu)(const float *input, float *output, ptrdiff_t count, float alpha);
  void (*sigmoid)(const float *input, float *output, ptrdiff_t count);
  void (*tanh)(const float *input, float *output, ptrdiff_t count);
  void (*silu)(const float *input, float *output, ptrdiff_t count);
  void (*softplus)(const float *input, float *output, ptrdiff_t count);
  void (*softsign)(const float *input, float *output, ptrdiff_t count);
  void (*exponential)(const float *input, float *output, ptrdiff_t count);
  void (*mish)(const float *input, float *output, ptrdiff_t count);
  void (*selu)(const float *input, float *output, ptrdiff_t count);
  void (*hardSigmoid)(const float *input, float *output, ptrdiff_t count);
  void (*hardSilu)(const float *input, float *output, ptrdiff_t count);
  void (*gelu)(const float *input, float *output, ptrdiff_t count);
  void (*geluApproximate)(const float *input, float *output, ptrdiff_t count);
  void (*absolute)(const float *input, float *output, ptrdiff_t count);
  void (*negative)(const float *input, float *output, ptrdiff_t count);
  void (*square)(const float *input, float *output, ptrdiff_t count);
  void (*squareRoot)(const float *input, float *output, ptrdiff_t count);
  void (*reciprocalSquareRoot)(const float *input, float *output, ptrdiff_t count);
  void (*logarithm)(const float *input, float *output, ptrdiff_t count);

  // Of `count` floats each. `output` may be the memory of an operand of contiguous floats.
  void (*add)(struct KERNEL_NAME(operand) left, struct KERNEL_NAME(operand) right, float *output, ptrdiff_t count);
  void (*subtract)(struct KERNEL_NAME(operand) left, struct KERNEL_NAME(operand) right, float *output, ptrdiff_t count);
  void (*multiply)(struct KERNEL_NAME(operand) left, struct KERNEL_NAME(operand) right, float *output, ptrdiff_t count);
  void (*divide)(struct KERNEL_NAME(operand) left, struct KERNEL_NAME(operand) right, float *output, ptrdiff_t count);
  /// NaN if either is NaN.
  void (*maximum)(struct KERNEL_NAME(operand) left, struct KERNEL_NAME(operand) right, float *output, ptrdiff_t count);
  void (*minimum)(struct KERNEL_NAME(operand) left, struct KERNEL_NAME(operand) right, float *output, ptrdiff_t count);
  /// As `pow` of the C library, special values included.
  void (*power)(struct KERNEL_NAME(operand) left, struct KERNEL_NAME(operand) right, float *output, ptrdiff_t count);
  /// `left` where it is above zero, `left * right` elsewhere.
  void (*parametricRelu)(struct KERNEL_NAME(operand) left, struct KERNEL_NAME(operand) right, float *output,
                         ptrdiff_t count);

  // What `count` floats that stand `stride` apart come to, for `width` neighbours (at most `stride`); `output[width]` too
  // if it `continues`. NaN if any is NaN.
  void (*total)(const float *input, ptrdiff_t count, ptrdiff_t stride, float *output, ptrdiff_t width,
                int continues);
  void (*greatest)(const float *input, ptrdiff_t count, ptrdiff_t stride, float *output, ptrdiff_t width,
                   int continues);
  void (*least)(const float *input, ptrdiff_t count, ptrdiff_t stride, float *output, ptrdiff_t width,
                int continues);

  /// Each of `rows` rows of `count` floats times `scale[count]` plus `shift[count]`.
  void (*scaleRows)(const float *input, float *output, ptrdiff_t rows, ptrdiff_t count, const float *scale,
                    const float *shift);
  /// Each float times one scale plus one shift.
  void (*scale)(const float *input, float *output, ptrdiff_t count, float scale, float shift);
  /// exp(x - max) / sum of it over `count` floats that stand `stride` apart, for `width` neighbours (at most `stride`).
  void (*softmax)(const float *input, float *output, ptrdiff_t count, ptrdiff_t stride, ptrdiff_t width);

  /// Adds each of `runs` runs of `count` floats, their beginnings `stride` apart, to 16 sums: the first of a run to the
  /// first sum, the 17th to the first again.
  void (*addUp)(const float *input, ptrdiff_t runs, ptrdiff_t stride, ptrdiff_t count, double *sums);
  /// The same with the squares of the differences from 16 centers.
  void (*addUpSquares)(const float *input, ptrdiff_t runs, ptrdiff_t stride, ptrdiff_t count, const double *centers,
                       double *sums);
  /// (x - mean) * scale + shift, each of 16 values for every 16th float. `affine` is 16 floats each of the mean, of what is
  /// missing to it, of the scale and of the shift.
  void (*normalizeLanes)(const float *input, float *output, ptrdiff_t count, const float *affine);
  /// (x - mean) * factor * scale + shift, where scale and shift are `count` floats each, the others are as before, and
  /// the shift in `affine` is not looked at.
  void (*normalizeRow)(const float *input, float *output, ptrdiff_t count, const float *affine, const float *scale,
                       const float *shift);
  void (*normalizePixels)(const struct KERNEL_NAME(pixel_normalization) *call);
  void (*normalizeResponse)(const struct KERNEL_NAME(response) *call);
  /// Each of `pixels` as a weighted sum of `taps` pixels, at least one, that stand `distance` floats apart: the first of
  /// them at `starts`, counted in pixels, or one behind the other without. Weights are `next` floats further for each.
  void (*resample)(const float *input, ptrdiff_t distance, const int *_Nullable starts, const float *weights,
                   ptrdiff_t next, ptrdiff_t taps, ptrdiff_t pixels, float *output);

  /// Copies `lanes` floats of each of `pixels`, with any strides on either side.
  void (*move)(const float *input, ptrdiff_t inputPixel, ptrdiff_t inputLane, float *output, ptrdiff_t outputPixel,
               ptrdiff_t outputLane, ptrdiff_t pixels, ptrdiff_t lanes);
  /// The same where lanes are neighbours and the output's pixels are whole and neighbours: its other lanes become zero.
  void (*widen)(const float *input, ptrdiff_t inputPixel, float *output, ptrdiff_t pixels, ptrdiff_t lanes);
  void (*clear)(float *output, ptrdiff_t count);
};

/// The kernels that run everywhere and give the same bits everywhere.
const struct KERNEL_NAME(table) *KERNEL_NAME(portable_kernels)(void) KERNEL_SWIFT("portableKernels()");
/// The kernels for AVX2 with FMA; null if this processor has neither.
const struct KERNEL_NAME(table) *_Nullable KERNEL_NAME(avx2_kernels)(void) KERNEL_SWIFT("avx2Kernels()");
/// The kernels for AVX-512; null if this processor does not have it.
const struct KERNEL_NAME(table) *_Nullable KERNEL_NAME(avx512_kernels)(void) KERNEL_SWIFT("avx512Kernels()");
/// The kernels for NEON, which all 64-bit ARM processors have; null on others.
const struct KERNEL_NAME(table) *_Nullable KERNEL_NAME(neon_kernels)(void) KERNEL_SWIFT("neonKernels()");

/// A rectangle of a convolution's result, of values that are split in two bf16 numbers: what `convolve` gives, but for an
/// error of at most 2^-15 of the magnitude of each product.
///
/// Strides of input and weights count bf16 numbers.
struct KERNEL_SWIFT("SplitConvolutionCall") KERNEL_NAME(split_convolution) {
  /// The high part of the first cell of the first pixel's window, and how far behind it the low part stands.
  const unsigned short *input;
  ptrdiff_t low;
  ptrdiff_t inputRow, inputPixel, inputChunk;
  ptrdiff_t tapRow, tapColumn;
  ptrdiff_t kernelHeight, kernelWidth;
  /// The channels of a cell: chunks of `depth` that follow each other, an even number, at most 32.
  ptrdiff_t chunks, depth;
  /// One panel of 16 filters for each block of the output: `[chunk][kernel row][kernel column]` of what `splitWeights`
  /// writes.
  const unsigned short *weights;
  ptrdiff_t panel;
  /// All from here on as in a convolution of floats.
  const float *bias;
  float *output;
  ptrdiff_t outputRow, outputPixel, outputBlock;
  ptrdiff_t rows, pixels, blocks;
  /// The lanes of the last block that are written, from the first on.
  ptrdiff_t lanes;
  float lowest, highest;
  const float *_Nullable addend;
  ptrdiff_t addendRow, addendBlock;
};

/// The kernels for convolutions of split values.
struct KERNEL_SWIFT("SplitKernelTable") KERNEL_NAME(split_table) {
  const char *name;

  /// Splits the first `lanes` floats of each pixel, at most 16; each becomes `width` high parts and, `low` behind them, as
  /// many low ones: zeros past the lanes.
  void (*split)(const float *input, ptrdiff_t inputPixel, ptrdiff_t lanes, unsigned short *output,
                ptrdiff_t outputPixel, ptrdiff_t low, ptrdiff_t width, ptrdiff_t pixels);
  /// From `[channel][16]`, of `depth` channels, to the high parts `[channel / 2][16][2]` and behind them the low ones.
  void (*splitWeights)(const float *weights, ptrdiff_t depth, unsigned short *output);
  void (*convolve)(const struct KERNEL_NAME(split_convolution) *call);
};

/// The kernels for convolutions of split values on AMX, which go with those for AVX-512; null if this processor does not
/// have it, or the system does not let this process use it. Asks the system for leave.
const struct KERNEL_NAME(split_table) *_Nullable KERNEL_NAME(amx_kernels)(void) KERNEL_SWIFT("amxKernels()");

#pragma clang assume_nonnull end
