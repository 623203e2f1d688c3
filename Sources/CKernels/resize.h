// Maps enlarged by whole factors.
#pragma once

/// left * (1 - share) + right * share
INLINE v16 blend(v16 left, v16 right, float share) {
  return multiplyAdd(right, all(share), left * (1.0f - share));
}

static void enlarge(const float *upper, const float *lower, float share, ptrdiff_t width, const float *distances,
                    ptrdiff_t scale, float *output) {
  v16 middle = blend(load(upper), load(lower), share), before = middle;
  for (ptrdiff_t pixel = 1; pixel <= width; pixel++) {
    const v16 behind = pixel < width ? blend(load(upper + pixel * LANES), load(lower + pixel * LANES), share) : middle;
    for (ptrdiff_t i = 0; i < scale; i++, output += LANES) {
      const float distance = distances[i];
      store(output, distance < 0 ? blend(before, middle, 1.0f + distance) : blend(middle, behind, distance));
    }
    before = middle;
    middle = behind;
  }
}
