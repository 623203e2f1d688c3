// Means and variances, summed up in double: values that are large and near each other keep what tells them apart.
#pragma once

typedef double d8 __attribute__((ext_vector_type(8), aligned(8)));
typedef double d4 __attribute__((ext_vector_type(4), aligned(8)));

/// x in the first `count` lanes, zero in the others, whatever they hold.
INLINE d16 keepFirst(d16 x, ptrdiff_t count) {
  const i16 lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const l16 isKept = __builtin_convertvector(lanes < (int)count, l16);
  return isKept ? x : (d16)0.0;
}

/// Always in the same order.
INLINE double totalOf(d16 x) {
  const d8 a = x.lo + x.hi;
  const d4 b = a.lo + a.hi;
  return (b[0] + b[2]) + (b[1] + b[3]);
}

static void addUp(const float *input, ptrdiff_t runs, ptrdiff_t stride, ptrdiff_t count, double *sums) {
  d16 sum = *(const d16 *)sums;
  for (ptrdiff_t run = 0; run < runs; run++, input += stride) {
    ptrdiff_t i = 0;
    for (; i + LANES <= count; i += LANES) sum += widened(load(input + i));
    if (i < count) sum += widened(loadFirst(input + i, count - i));
  }
  *(d16 *)sums = sum;
}

static void addUpSquares(const float *input, ptrdiff_t runs, ptrdiff_t stride, ptrdiff_t count, const double *centers,
                         double *sums) {
  const d16 center = *(const d16 *)centers;
  d16 sum = *(const d16 *)sums;
  for (ptrdiff_t run = 0; run < runs; run++, input += stride) {
    ptrdiff_t i = 0;
    for (; i + LANES <= count; i += LANES) {
      const d16 x = widened(load(input + i)) - center;
      sum += x * x;
    }
    if (i < count) {
      const d16 x = keepFirst(widened(loadFirst(input + i, count - i)) - center, count - i);
      sum += x * x;
    }
  }
  *(d16 *)sums = sum;
}

/// The mean comes in two parts. Taking off the first is exact where it matters.
INLINE v16 normalized(v16 x, v16 high, v16 low, v16 scale) {
  return ((x - high) - low) * scale;
}

static void normalizeLanes(const float *input, float *output, ptrdiff_t count, const float *affine) {
  const v16 high = load(affine), low = load(affine + LANES);
  const v16 scale = load(affine + 2 * LANES), shift = load(affine + 3 * LANES);
  ELEMENTWISE(normalized(x, high, low, scale) + shift)
}

static void normalizeRow(const float *input, float *output, ptrdiff_t count, const float *affine, const float *scale,
                         const float *shift) {
  const v16 high = load(affine), low = load(affine + LANES), factor = load(affine + 2 * LANES);
  for (; count >= LANES; count -= LANES, input += LANES, output += LANES, scale += LANES, shift += LANES)
    store(output, multiplyAdd(normalized(load(input), high, low, factor), load(scale), load(shift)));
  if (count > 0) {
    const v16 x = normalized(loadFirst(input, count), high, low, factor);
    storeLanes(output, multiplyAdd(x, loadFirst(scale, count), loadFirst(shift, count)), 0, count);
  }
}

static void normalizePixels(const struct KERNEL_NAME(pixel_normalization) *call) {
  const ptrdiff_t blocks = (call->channels + LANES - 1) / LANES, rest = call->channels - (blocks - 1) * LANES;
  for (ptrdiff_t pixel = 0; pixel < call->pixels; pixel++) {
    const float *input = call->input + pixel * LANES;
    d16 sum = (d16)0.0, squares = (d16)0.0;
    for (ptrdiff_t block = 0; block < blocks - 1; block++) sum += widened(load(input + block * call->inputBlock));
    sum += keepFirst(widened(load(input + (blocks - 1) * call->inputBlock)), rest);
    const double mean = totalOf(sum) / (double)call->channels;
    for (ptrdiff_t block = 0; block < blocks; block++) {
      const d16 x = widened(load(input + block * call->inputBlock)) - mean;
      const d16 kept = block < blocks - 1 ? x : keepFirst(x, rest);
      squares += kept * kept;
    }
    const double variance = totalOf(squares) / (double)call->channels;
    const v16 high = all((float)mean), low = all((float)(mean - (double)(float)mean));
    const v16 factor = all((float)(1.0 / __builtin_sqrt(variance + call->epsilon)));
    float *output = call->output + pixel * LANES;
    for (ptrdiff_t block = 0; block < blocks; block++) {
      const v16 x = normalized(load(input + block * call->inputBlock), high, low, factor);
      store(output + block * call->outputBlock,
            multiplyAdd(x, load(call->scale + block * LANES), load(call->shift + block * LANES)));
    }
  }
}
