// exp(x - max) / sum of it.
#pragma once

/// Over contiguous floats.
static void softmaxRow(const float *input, float *output, ptrdiff_t count) {
  const ptrdiff_t whole = count - count % LANES, rest = count - whole;
  v16 most = all(-__builtin_inff());
  for (ptrdiff_t i = 0; i < whole; i += LANES) most = greater(most, load(input + i));
  for (ptrdiff_t i = 0; i < rest; i++) most[i] = greater(all(most[i]), all(input[whole + i]))[0];
  v16 maximum = all(most[0]);
  for (int lane = 1; lane < LANES; lane++) maximum = greater(maximum, all(most[lane]));

  v16 sums = all(0);
  for (ptrdiff_t i = 0; i < whole; i += LANES) {
    const v16 e = expOf(load(input + i) - maximum);
    store(output + i, e);
    sums += e;
  }
  if (rest > 0) {
    const v16 e = expOf(loadFirst(input + whole, rest) - maximum);
    storeLanes(output + whole, e, 0, rest);
    for (ptrdiff_t i = 0; i < rest; i++) sums[i] += e[i];
  }
  float sum = sums[0];
  for (int lane = 1; lane < LANES; lane++) sum += sums[lane];

  ptrdiff_t i = 0;
  for (; i < whole; i += LANES) store(output + i, load(output + i) / sum);
  if (rest > 0) storeLanes(output + i, loadFirst(output + i, rest) / sum, 0, rest);
}

/// Over floats `stride` apart, for 16 neighbours or fewer at once.
INLINE void softmaxColumns(const float *input, float *output, ptrdiff_t count, ptrdiff_t stride, ptrdiff_t width) {
  v16 maximum = all(-__builtin_inff()), sum = all(0);
  for (ptrdiff_t i = 0; i < count; i++) maximum = greater(maximum, loadFirst(input + i * stride, width));
  for (ptrdiff_t i = 0; i < count; i++) {
    const v16 e = expOf(loadFirst(input + i * stride, width) - maximum);
    sum += e;
    storeLanes(output + i * stride, e, 0, width);
  }
  for (ptrdiff_t i = 0; i < count; i++) {
    float *to = output + i * stride;
    storeLanes(to, loadFirst(to, width) / sum, 0, width);
  }
}

static void softmax(const float *input, float *output, ptrdiff_t count, ptrdiff_t stride, ptrdiff_t width) {
  if (stride == 1) {
    softmaxRow(input, output, count);
    return;
  }
  for (; width >= LANES; width -= LANES, input += LANES, output += LANES)
    softmaxColumns(input, output, count, stride, LANES);
  if (width > 0) softmaxColumns(input, output, count, stride, width);
}
