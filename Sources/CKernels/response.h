// Local response normalization: each value over a power of the squares around it, along the channels.
#pragma once

enum { RESPONSE_PIXELS = 16 };

/// The squares of a pixel's channels in a block; zero where there is no channel.
INLINE v16 squaresOf(const struct KERNEL_NAME(response) *call, ptrdiff_t block, ptrdiff_t pixel) {
  const ptrdiff_t count = call->channels - block * LANES;
  if (block < 0 || count <= 0) return all(0);
  const v16 x = load(call->input + block * call->inputBlock + pixel * LANES);
  const i16 lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  const int most = count < LANES ? (int)count : LANES;
  return lanes < most ? x * x : all(0);
}

/// x^beta for x from 0.
INLINE v16 responsePower(v16 x, const float beta) {
  if (beta == 0.5f) return __builtin_elementwise_sqrt(x);
  if (beta == 0.75f) {
    const v16 root = __builtin_elementwise_sqrt(x);
    return root * __builtin_elementwise_sqrt(root);
  }
  if (beta == 1.0f) return x;
  return powerOf(x, all(beta));
}

INLINE void respond(const struct KERNEL_NAME(response) *call, const float beta) {
  const ptrdiff_t radius = call->radius;
  // The channels `shift` away from those of a block stand in two neighbouring blocks.
  const ptrdiff_t firstBlock = -((radius + LANES - 1) / LANES), lastBlock = radius / LANES;
  for (ptrdiff_t begin = 0; begin < call->pixels; begin += RESPONSE_PIXELS) {
    const ptrdiff_t count = call->pixels - begin < RESPONSE_PIXELS ? call->pixels - begin : RESPONSE_PIXELS;
    float pairs[RESPONSE_PIXELS][2 * LANES];
    float sums[RESPONSE_PIXELS][LANES];
    for (ptrdiff_t block = firstBlock; block <= lastBlock; block++) {
      const ptrdiff_t firstShift = -radius > block * LANES ? -radius - block * LANES : 0;
      const ptrdiff_t lastShift = radius - block * LANES < LANES - 1 ? radius - block * LANES : LANES - 1;
      for (ptrdiff_t p = 0; p < count; p++) {
        store(pairs[p], squaresOf(call, call->block + block, begin + p));
        store(pairs[p] + LANES, squaresOf(call, call->block + block + 1, begin + p));
      }
      for (ptrdiff_t p = 0; p < count; p++) {
        v16 sum = block == firstBlock ? all(0) : load(sums[p]);
        for (ptrdiff_t shift = firstShift; shift <= lastShift; shift++) sum += load(pairs[p] + shift);
        store(sums[p], sum);
      }
    }
    for (ptrdiff_t p = 0; p < count; p++) {
      const v16 x = load(call->input + call->block * call->inputBlock + (begin + p) * LANES);
      const v16 base = multiplyAdd(load(sums[p]), all(call->alpha), all(call->bias));
      store(call->output + (begin + p) * LANES, x / responsePower(base, beta));
    }
  }
}

static void normalizeResponse(const struct KERNEL_NAME(response) *call) {
  // The powers that papers use are a root or two.
  if (call->beta == 0.75f) {
    respond(call, 0.75f);
  } else if (call->beta == 0.5f) {
    respond(call, 0.5f);
  } else {
    respond(call, call->beta);
  }
}
