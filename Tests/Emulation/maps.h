// What slides over maps, sums over many floats, and normalization.
#pragma once

#include "elementwise.h"
#include "scene.h"

// MARK: Pooling

typedef struct KERNEL_NAME(pooling) Pooling;

static Count overlap(Count begin, Count length, Count low, Count high) {
  const Count from = begin > low ? begin : low, to = begin + length < high ? begin + length : high;
  return to > from ? to - from : 0;
}

enum PoolingKind { MOST_OF, MEAN_OF, PADDED_MEAN_OF };

static void checkPool(enum PoolingKind kind, void (*run)(const Pooling *)) {
  Pooling call = {0};
  call.height = roll(1, 9);
  call.width = roll(1, 20);
  call.windowHeight = roll(1, 5);
  call.windowWidth = roll(1, 5);
  call.strideHeight = roll(1, 4);
  call.strideWidth = roll(1, 4);
  call.top = roll(0, 3);
  call.left = roll(0, 3);
  call.bottom = roll(0, 3);
  call.right = roll(0, 3);
  call.firstRow = roll(0, 2);
  call.rows = roll(1, 4);
  call.pixels = roll(1, 10);
  call.inputRow = call.width * LANES + (flip() ? 0 : roll(1, 40));
  call.outputRow = call.pixels * LANES + (flip() ? 0 : roll(1, 40));
  const Count size = (call.height - 1) * call.inputRow + call.width * LANES;
  float *input = numbers(1, size);
  poison(input, size);
  call.input = input;
  call.output = room((call.rows - 1) * call.outputRow + call.pixels * LANES);
  describe("map %td x %td, window %td x %td, strides %td and %td, padding %td %td %td %td, %td rows from %td of %td pixels",
           call.height, call.width, call.windowHeight, call.windowWidth, call.strideHeight, call.strideWidth, call.top,
           call.left, call.bottom, call.right, call.rows, call.firstRow, call.pixels);
  for (Count row = 0; row < call.rows; row++) {
    for (Count pixel = 0; pixel < call.pixels; pixel++) {
      const Count top = (call.firstRow + row) * call.strideHeight - call.top, left = pixel * call.strideWidth - call.left;
      const Count cells = overlap(top, call.windowHeight, 0, call.height) * overlap(left, call.windowWidth, 0, call.width);
      const Count padded = overlap(top, call.windowHeight, -call.top, call.height + call.bottom) *
                           overlap(left, call.windowWidth, -call.left, call.width + call.right);
      for (Count lane = 0; lane < LANES; lane++) {
        double most = -INFINITY, sum = 0, magnitude = 0;
        int isNaN = 0;
        for (Count y = top; y < top + call.windowHeight; y++) {
          for (Count x = left; x < left + call.windowWidth; x++) {
            if (y < 0 || y >= call.height || x < 0 || x >= call.width) continue;
            const double cell = input[y * call.inputRow + x * LANES + lane];
            most = fmax(most, cell);
            isNaN |= isnan(cell);
            sum += cell;
            magnitude += fabs(cell);
          }
        }
        const float *place = call.output + row * call.outputRow + pixel * LANES + lane;
        const double count = (double)(kind == MEAN_OF ? cells : padded);
        if (kind == MOST_OF) {
          expectExactly(place, isNaN ? NAN : most);
        } else {
          expectSum(place, sum / count, magnitude / count);
        }
      }
    }
  }
  remember();
  run(&call);
  judge();
}

static void check_poolMaximum(void) { checkPool(MOST_OF, table->poolMaximum); }
static void check_poolMean(void) { checkPool(MEAN_OF, table->poolMean); }
static void check_poolMeanPadded(void) { checkPool(PADDED_MEAN_OF, table->poolMeanPadded); }

// MARK: Resampling

static void check_resample(void) {
  const Count pixels = roll(1, 12), taps = roll(1, 7), span = roll(1, 9), next = flip() ? 0 : taps;
  const Count distance = flip() ? LANES : LANES * roll(1, 6) + (flip() ? 0 : roll(0, 20));
  const int isChosen = flip();
  int *starts = isChosen ? (int *)atAnEnd(3, (size_t)pixels * sizeof(int)) : NULL;
  Count last = isChosen ? 0 : pixels - 1;
  for (Count i = 0; isChosen && i < pixels; i++) {
    starts[i] = (int)roll(0, span);
    if (starts[i] > last) last = starts[i];
  }
  const Count size = last * LANES + (taps - 1) * distance + LANES;
  float *input = numbers(1, size), *weights = numbers(2, next ? taps * pixels : taps);
  poison(input, size);
  float *output = room(pixels * LANES);
  describe("%td pixels of %td taps %td floats apart%s", pixels, taps, distance, next ? ", weights for each" : "");
  for (Count pixel = 0; pixel < pixels; pixel++) {
    for (Count lane = 0; lane < LANES; lane++) {
      double sum = 0, magnitude = 0;
      for (Count tap = 0; tap < taps; tap++) {
        const Count place = (isChosen ? starts[pixel] : pixel) * LANES + tap * distance + lane;
        const double product = input[place] * (double)weights[pixel * next + tap];
        sum += product;
        magnitude += fabs(product);
      }
      expectSum(output + pixel * LANES + lane, sum, magnitude);
    }
  }
  remember();
  table->resample(input, distance, starts, weights, next, taps, pixels, output);
  judge();
}

// MARK: Reductions

enum ReductionKind { TOTAL_OF, GREATEST_OF, LEAST_OF };

static void checkReduction(enum ReductionKind kind,
                           void (*run)(const float *, Count, Count, float *, Count, int)) {
  const Count count = roll(0, 60), stride = flip() ? 1 : roll(2, 70), width = stride == 1 ? 1 : roll(1, stride);
  const int continues = flip();
  const Count size = count == 0 ? 0 : (count - 1) * stride + width;
  float *input = numbers(1, size), *output = room(width);
  poison(input, size);
  for (Count i = 0; continues && i < width; i++) output[i] = value();
  describe("%td floats %td apart, width %td%s", count, stride, width, continues ? ", continued" : "");
  for (Count w = 0; w < width; w++) {
    double sum = continues ? output[w] : 0, magnitude = fabs(sum);
    double most = continues ? output[w] : -INFINITY, least = continues ? output[w] : INFINITY;
    int isNaN = 0;
    for (Count i = 0; i < count; i++) {
      const double x = input[i * stride + w];
      isNaN |= isnan(x);
      sum += x;
      magnitude += fabs(x);
      most = fmax(most, x);
      least = fmin(least, x);
    }
    if (kind == TOTAL_OF) {
      expectSum(output + w, sum, magnitude);
    } else {
      expectExactly(output + w, isNaN ? NAN : kind == GREATEST_OF ? most : least);
    }
  }
  remember();
  run(input, count, stride, output, width, continues);
  judge();
}

static void check_total(void) { checkReduction(TOTAL_OF, table->total); }
static void check_greatest(void) { checkReduction(GREATEST_OF, table->greatest); }
static void check_least(void) { checkReduction(LEAST_OF, table->least); }

static void check_softmax(void) {
  const Count count = roll(1, 60), stride = flip() ? 1 : roll(2, 70), width = stride == 1 ? 1 : roll(1, stride);
  const Count size = (count - 1) * stride + width;
  const int isInPlace = flip();
  const float spread = flip() ? 1 : 60;
  float *output = room(size), *input = isInPlace ? output : numbers(1, size);
  for (Count i = 0; i < size; i++) input[i] = spread * value();
  poison(input, size);
  describe("%td floats %td apart, width %td, up to %g%s", count, stride, width, (double)spread, isInPlace ? ", in place" : "");
  for (Count w = 0; w < width; w++) {
    double most = -INFINITY, sum = 0;
    int isNaN = 0;
    for (Count i = 0; i < count; i++) {
      isNaN |= isnan(input[i * stride + w]);
      most = fmax(most, input[i * stride + w]);
    }
    if (isNaN) most = NAN;
    for (Count i = 0; i < count; i++) sum += exp(input[i * stride + w] - most);
    for (Count i = 0; i < count; i++) {
      const double x = input[i * stride + w], value = exp(x - most) / sum;
      // The difference is rounded; below the normal floats so is the power.
      expect(output + i * stride + w, value, ofMagnitude * value * (1 + (most - x) / 10) + 3e-45);
    }
  }
  remember();
  table->softmax(input, output, count, stride, width);
  judge();
}

// MARK: Means and variances

/// 16 doubles that are added to, which as pairs of floats are the result, and what they must become.
static double sumsExpected[LANES], sumsMagnitude[LANES];

static double *roomForSums(void) {
  // The guards are as many bytes as keep them aligned.
  double *sums = (double *)room(2 * LANES);
  for (Count lane = 0; lane < LANES; lane++) {
    sums[lane] = sumsExpected[lane] = value();
    sumsMagnitude[lane] = fabs(sums[lane]);
    leaveFree((float *)(sums + lane));
    leaveFree((float *)(sums + lane) + 1);
  }
  return sums;
}

static void judgeSums(const double *sums) {
  judge();
  for (Count lane = 0; lane < LANES; lane++) {
    uint64_t bits;
    memcpy(&bits, sums + lane, sizeof bits);
    mix(isnan(sums[lane]) ? 0 : bits);
    if (accepts(sums[lane], sumsExpected[lane], 1e-14 * sumsMagnitude[lane])) continue;
    fail("sum %td is %.17g, not %.17g", lane, sums[lane], sumsExpected[lane]);
    return;
  }
}

static void checkAddUp(int isSquares) {
  const Count runs = roll(0, 5), count = roll(1, 70), stride = count + (flip() ? 0 : roll(1, 30));
  const Count size = runs == 0 ? 0 : (runs - 1) * stride + count;
  float *input = numbers(1, size);
  poison(input, size);
  double *sums = roomForSums();
  double *centers = (double *)atAnEnd(2, LANES * sizeof(double));
  for (Count lane = 0; lane < LANES; lane++) centers[lane] = value();
  describe("%td runs of %td, %td apart", runs, count, stride);
  for (Count run = 0; run < runs; run++) {
    for (Count i = 0; i < count; i++) {
      const double x = input[run * stride + i], difference = x - centers[i % LANES];
      const double term = isSquares ? difference * difference : x;
      sumsExpected[i % LANES] += term;
      sumsMagnitude[i % LANES] += fabs(term);
    }
  }
  remember();
  if (isSquares) {
    table->addUpSquares(input, runs, stride, count, centers, sums);
  } else {
    table->addUp(input, runs, stride, count, sums);
  }
  judgeSums(sums);
}

static void check_addUp(void) { checkAddUp(0); }
static void check_addUpSquares(void) { checkAddUp(1); }

/// (x - mean) * factor * scale + shift, with the magnitude of what may be rounded.
static void expectNormalized(const float *place, double x, double mean, double factor, double scale, double shift) {
  const double product = (x - mean) * factor * scale;
  expect(place, product + shift, 4e-7 * (fabs(product) + fabs(shift)) + 1e-30);
}

static void checkNormalize(int hasRow) {
  const Count count = roll(0, 100);
  const int isInPlace = flip();
  float *output = room(count), *input = isInPlace ? output : numbers(1, count);
  // A mean that is large beside the differences, of which no float has all bits.
  const float far = flip() ? 0 : 1000;
  for (Count i = 0; i < count; i++) input[i] = far + value();
  poison(input, count);
  float *affine = numbers(2, 4 * LANES);
  double means[LANES];
  for (Count lane = 0; lane < LANES; lane++) {
    means[lane] = far + value() + 1e-6 * value();
    affine[lane] = (float)means[lane];
    affine[LANES + lane] = (float)(means[lane] - affine[lane]);
  }
  const float *scale = numbers(3, count), *shift = numbers(4, count);
  describe("%td floats around %g%s", count, (double)far, isInPlace ? ", in place" : "");
  for (Count i = 0; i < count; i++) {
    const Count lane = i % LANES;
    expectNormalized(output + i, input[i], means[lane], affine[2 * LANES + lane], hasRow ? scale[i] : 1,
                     hasRow ? shift[i] : affine[3 * LANES + lane]);
  }
  if (hasRow) {
    for (Count lane = 0; lane < LANES; lane++) affine[3 * LANES + lane] = NAN;
  }
  remember();
  if (hasRow) {
    table->normalizeRow(input, output, count, affine, scale, shift);
  } else {
    table->normalizeLanes(input, output, count, affine);
  }
  judge();
}

static void check_normalizeLanes(void) { checkNormalize(0); }
static void check_normalizeRow(void) { checkNormalize(1); }

/// The float of a channel in a map whose blocks are so far apart.
static Count channelAt(Count channel, Count block, Count pixel) {
  return channel / LANES * block + pixel * LANES + channel % LANES;
}

/// NaN in the lanes that have no channel, which nobody may look at.
static void poisonEmptyLanes(float *map, Count channels, Count block, Count pixels) {
  for (Count channel = channels; channel % LANES; channel++) {
    for (Count pixel = 0; pixel < pixels; pixel++) map[channelAt(channel, block, pixel)] = NAN;
  }
}

static void check_normalizePixels(void) {
  struct KERNEL_NAME(pixel_normalization) call = {.channels = roll(1, 70), .epsilon = 1e-3, .pixels = roll(1, 8)};
  const Count blocks = (call.channels + LANES - 1) / LANES;
  call.inputBlock = call.pixels * LANES + (flip() ? 0 : roll(1, 40));
  const int isInPlace = flip();
  call.outputBlock = isInPlace ? call.inputBlock : call.pixels * LANES + roll(0, 40);
  float *output = room((blocks - 1) * call.outputBlock + call.pixels * LANES);
  const Count size = (blocks - 1) * call.inputBlock + call.pixels * LANES;
  float *input = isInPlace ? output : numbers(1, size);
  const float far = flip() ? 0 : 1000;
  for (Count i = 0; i < size; i++) input[i] = far + value();
  poison(input, size);
  poisonEmptyLanes(input, call.channels, call.inputBlock, call.pixels);
  call.input = input;
  call.output = output;
  call.scale = numbers(2, blocks * LANES);
  call.shift = numbers(3, blocks * LANES);
  describe("%td pixels of %td channels around %g%s", call.pixels, call.channels, (double)far, isInPlace ? ", in place" : "");
  for (Count pixel = 0; pixel < call.pixels; pixel++) {
    double mean = 0, variance = 0;
    for (Count c = 0; c < call.channels; c++) mean += input[channelAt(c, call.inputBlock, pixel)] / (double)call.channels;
    for (Count c = 0; c < call.channels; c++)
      variance += pow(input[channelAt(c, call.inputBlock, pixel)] - mean, 2) / (double)call.channels;
    for (Count c = 0; c < blocks * LANES; c++) {
      const float *place = output + channelAt(c, call.outputBlock, pixel);
      if (c < call.channels) {
        expectNormalized(place, input[channelAt(c, call.inputBlock, pixel)], mean, 1 / sqrt(variance + call.epsilon),
                         call.scale[c], call.shift[c]);
      } else {
        leaveFree(place);
      }
    }
  }
  remember();
  table->normalizePixels(&call);
  judge();
}

static void check_normalizeResponse(void) {
  struct KERNEL_NAME(response) call = {.channels = roll(1, 70), .radius = roll(0, 3) ? roll(0, 5) : roll(0, 40)};
  call.pixels = few(8, 40);
  call.bias = 0.5f + fabsf(value());
  call.alpha = fabsf(value());
  call.beta = (const float[]){0.75f, 0.5f, 1, 0.6f}[roll(0, 3)];
  const Count blocks = (call.channels + LANES - 1) / LANES;
  call.block = roll(0, blocks - 1);
  call.inputBlock = call.pixels * LANES + (flip() ? 0 : roll(1, 40));
  const Count size = (blocks - 1) * call.inputBlock + call.pixels * LANES;
  float *input = numbers(1, size);
  poison(input, size);
  poisonEmptyLanes(input, call.channels, call.inputBlock, call.pixels);
  call.input = input;
  call.output = room(call.pixels * LANES);
  describe("%td pixels, block %td of %td channels, radius %td, beta %g", call.pixels, call.block, call.channels, call.radius,
           (double)call.beta);
  for (Count pixel = 0; pixel < call.pixels; pixel++) {
    for (Count lane = 0; lane < LANES; lane++) {
      const Count channel = call.block * LANES + lane;
      if (channel >= call.channels) {
        leaveFree(call.output + pixel * LANES + lane);
        continue;
      }
      double squares = 0;
      for (Count c = channel - call.radius; c <= channel + call.radius; c++) {
        if (c >= 0 && c < call.channels) squares += pow(input[channelAt(c, call.inputBlock, pixel)], 2);
      }
      const double x = input[channelAt(channel, call.inputBlock, pixel)];
      const double y = x / pow(call.bias + call.alpha * squares, call.beta);
      expect(call.output + pixel * LANES + lane, y, ofMagnitude * fabs(y) + 1e-30);
    }
  }
  remember();
  table->normalizeResponse(&call);
  judge();
}
