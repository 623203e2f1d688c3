// Winograd's convolution: sums over a window become products of transformed tiles. F(m, r) makes m x m results of a
// window of r x r cells from a tile of (m + r - 1) x (m + r - 1) cells.
//
// The matrices are made as by Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2015): for tiles of 4
// cells at the points 0, 1, -1 and infinity; for tiles of 6 at 0, NEAR, -NEAR, FAR, -FAR and infinity. Their 1 and 2 would
// do, but these two, whose powers are exact too, halve the error: see Barabasz and others, "Error Analysis and Improving
// the Accuracy of Winograd Convolution for Deep Neural Networks" (2020).
#pragma once

#define NEAR 0.625f
#define FAR 1.5f

/// B^T d for tiles of 6.
INLINE void tileToSums6(v16 *to, const v16 *from, const int step) {
  const v16 both = all(NEAR * NEAR * (FAR * FAR)), either = all(-(NEAR * NEAR + FAR * FAR));
  const v16 near = all(-(NEAR * NEAR)), far = all(-(FAR * FAR));
  const v16 evenNear = multiplyAdd(far, from[2 * step], from[4 * step]), oddNear = multiplyAdd(far, from[step], from[3 * step]);
  const v16 evenFar = multiplyAdd(near, from[2 * step], from[4 * step]), oddFar = multiplyAdd(near, from[step], from[3 * step]);
  to[0] = multiplyAdd(both, from[0], multiplyAdd(either, from[2 * step], from[4 * step]));
  to[1] = multiplyAdd(all(NEAR), oddNear, evenNear);
  to[2] = multiplyAdd(all(-NEAR), oddNear, evenNear);
  to[3] = multiplyAdd(all(FAR), oddFar, evenFar);
  to[4] = multiplyAdd(all(-FAR), oddFar, evenFar);
  to[5] = multiplyAdd(both, from[step], multiplyAdd(either, from[3 * step], from[5 * step]));
}

/// B^T d for tiles of 4.
INLINE void tileToSums4(v16 *to, const v16 *from, const int step) {
  to[0] = from[0] - from[2 * step];
  to[1] = from[step] + from[2 * step];
  to[2] = from[2 * step] - from[step];
  to[3] = from[step] - from[3 * step];
}

INLINE void tileToSums(v16 *to, const v16 *from, const int cells, const int step) {
  if (cells == 6) {
    tileToSums6(to, from, step);
  } else {
    tileToSums4(to, from, step);
  }
}

/// A^T m: `results` of `cells` products.
INLINE void productsToResults(v16 *to, const v16 *from, const int cells, const int results, const int step) {
  const v16 sum = from[step] + from[2 * step], difference = from[step] - from[2 * step];
  if (cells == 4) {
    to[0] = from[0] + sum;
    to[1] = difference - from[3 * step];
    return;
  }
  const v16 farSum = from[3 * step] + from[4 * step], farDifference = from[3 * step] - from[4 * step];
  to[0] = from[0] + sum + farSum;
  to[1] = multiplyAdd(all(FAR), farDifference, NEAR * difference);
  if (results == 2) {
    to[1] += from[5 * step];
    return;
  }
  to[2] = multiplyAdd(all(FAR * FAR), farSum, NEAR * NEAR * sum);
  to[3] = multiplyAdd(all(FAR * FAR * FAR), farDifference, NEAR * NEAR * NEAR * difference) + from[5 * step];
}

INLINE void transformTilesOf(const struct KERNEL_NAME(tiles) *call, const int cells) {
  const float *input = call->map;
  float *output = call->values;
  for (ptrdiff_t tile = 0; tile < call->count; tile++, input += call->mapTile, output += LANES) {
    v16 columns[6 * 6];
    UNROLLED for (int x = 0; x < cells; x++) {
      v16 column[6];
      UNROLLED for (int y = 0; y < cells; y++) column[y] = load(input + y * call->mapRow + x * LANES);
      v16 sums[6];
      tileToSums(sums, column, cells, 1);
      UNROLLED for (int y = 0; y < cells; y++) columns[y * cells + x] = sums[y];
    }
    UNROLLED for (int y = 0; y < cells; y++) {
      v16 sums[6];
      tileToSums(sums, columns + y * cells, cells, 1);
      UNROLLED for (int x = 0; x < cells; x++) store(output + (y * cells + x) * call->valueCell, sums[x]);
    }
  }
}

INLINE void gatherTilesOf(const struct KERNEL_NAME(tiles) *call, const int cells, const int results) {
  const v16 bias = load(call->bias), lowest = all(call->lowest), highest = all(call->highest);
  const float *input = call->values;
  const float *addend = call->addend;
  float *output = call->map;
  ptrdiff_t columnsLeft = call->columns;
  for (ptrdiff_t tile = 0; tile < call->count; tile++, input += LANES, output += call->mapTile) {
    v16 rows[4 * 6];
    UNROLLED for (int x = 0; x < cells; x++) {
      v16 column[6];
      UNROLLED for (int y = 0; y < cells; y++) column[y] = load(input + (y * cells + x) * call->valueCell);
      v16 sums[4];
      productsToResults(sums, column, cells, results, 1);
      UNROLLED for (int y = 0; y < results; y++) rows[y * cells + x] = sums[y];
    }
    v16 sums[4 * 4];
    UNROLLED for (int y = 0; y < results; y++) {
      productsToResults(sums + y * results, rows + y * cells, cells, results, 1);
      UNROLLED for (int x = 0; x < results; x++) sums[y * results + x] += bias;
    }
    const int isWhole = call->rows >= results && columnsLeft >= results;
    UNROLLED for (int y = 0; y < results; y++) {
      UNROLLED for (int x = 0; x < results; x++) {
        if (!isWhole && (y >= call->rows || x >= columnsLeft)) continue;
        v16 sum = sums[y * results + x];
        if (addend) sum += load(addend + y * call->addendRow + x * LANES);
        store(output + y * call->mapRow + x * LANES, lower(raise(sum, lowest), highest));
      }
    }
    if (addend) addend += call->mapTile;
    columnsLeft -= results;
  }
}

static __attribute__((noinline)) void transformTiles6(const struct KERNEL_NAME(tiles) *call) { transformTilesOf(call, 6); }
static __attribute__((noinline)) void transformTiles4(const struct KERNEL_NAME(tiles) *call) { transformTilesOf(call, 4); }
static __attribute__((noinline)) void gatherTiles64(const struct KERNEL_NAME(tiles) *call) { gatherTilesOf(call, 6, 4); }
static __attribute__((noinline)) void gatherTiles62(const struct KERNEL_NAME(tiles) *call) { gatherTilesOf(call, 6, 2); }
static __attribute__((noinline)) void gatherTiles42(const struct KERNEL_NAME(tiles) *call) { gatherTilesOf(call, 4, 2); }

static void transformTiles(const struct KERNEL_NAME(tiles) *call) {
  if (call->cells == 6) {
    transformTiles6(call);
  } else {
    transformTiles4(call);
  }
}

static void gatherTiles(const struct KERNEL_NAME(tiles) *call) {
  if (call->cells == 4) {
    gatherTiles42(call);
  } else if (call->results == 4) {
    gatherTiles64(call);
  } else {
    gatherTiles62(call);
  }
}

#undef NEAR
#undef FAR
