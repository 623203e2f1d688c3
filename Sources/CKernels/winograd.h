// Winograd's convolution: sums over a window become products of transformed tiles. F(m, r) makes m x m results of a
// window of r x r cells from a tile of (m + r - 1) x (m + r - 1) cells; of a window that is one row or column, m results
// from a line of m + r - 1 cells.
//
// The matrices are made as by Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2015): for tiles of 4
// cells at the points 0, 1, -1 and infinity; for tiles of 6 at 0, NEAR, -NEAR, FAR, -FAR and infinity. Their 1 and 2 would
// do, but these two, whose powers are exact too, halve the error: see Barabasz and others, "Error Analysis and Improving
// the Accuracy of Winograd Convolution for Deep Neural Networks" (2020). Lines of 10 have four such pairs of points, which
// gave the least error of all that were tried.
#pragma once

#define NEAR 0.625f
#define FAR 1.5f

#define POINT_A 0.375
#define POINT_B 0.75
#define POINT_C 1.25
#define POINT_D 2.0

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

/// Four values, every second one from `from` on, times the coefficients of (x - b)(x - c)(x - d), the highest 1.
INLINE v16 cubic(const v16 *from, const double b, const double c, const double d) {
  const v16 inner = multiplyAdd(all((float)-(b + c + d)), from[4], from[6]);
  return multiplyAdd(all((float)-(b * c * d)), from[0], multiplyAdd(all((float)(b * c + b * d + c * d)), from[2], inner));
}

/// The values at two points that differ in their sign only.
INLINE void atPoints(v16 *to, const v16 *from, const double point, const double b, const double c, const double d) {
  const v16 even = cubic(from + 2, b * b, c * c, d * d), odd = cubic(from + 1, b * b, c * c, d * d);
  to[0] = multiplyAdd(all((float)point), odd, even);
  to[1] = multiplyAdd(all((float)-point), odd, even);
}

/// B^T d for lines of 10.
INLINE void tileToSums10(v16 *to, const v16 *from) {
  const double a = POINT_A * POINT_A, b = POINT_B * POINT_B, c = POINT_C * POINT_C, d = POINT_D * POINT_D;
  // (x - a)(x - b)(x - c)(x - d), as x times a cubic less a times it.
  to[0] = multiplyAdd(all((float)-a), cubic(from, b, c, d), cubic(from + 2, b, c, d));
  atPoints(to + 1, from, POINT_A, POINT_B, POINT_C, POINT_D);
  atPoints(to + 3, from, POINT_B, POINT_A, POINT_C, POINT_D);
  atPoints(to + 5, from, POINT_C, POINT_A, POINT_B, POINT_D);
  atPoints(to + 7, from, POINT_D, POINT_A, POINT_B, POINT_C);
  to[9] = multiplyAdd(all((float)-a), cubic(from + 1, b, c, d), cubic(from + 3, b, c, d));
}

INLINE void tileToSums(v16 *to, const v16 *from, const int cells, const int step) {
  if (cells == 10) {
    tileToSums10(to, from);
  } else if (cells == 6) {
    tileToSums6(to, from, step);
  } else {
    tileToSums4(to, from, step);
  }
}

/// A^T m for lines of 10: 4 results.
INLINE void productsToResults10(v16 *to, const v16 *from) {
  const double points[4] = {POINT_A, POINT_B, POINT_C, POINT_D};
  v16 even = all(0), odd = all(0), square = all(0), cube = all(0);
  UNROLLED for (int i = 0; i < 4; i++) {
    const double point = points[i];
    const v16 sum = from[1 + 2 * i] + from[2 + 2 * i], difference = from[1 + 2 * i] - from[2 + 2 * i];
    even += sum;
    odd = multiplyAdd(all((float)point), difference, odd);
    square = multiplyAdd(all((float)(point * point)), sum, square);
    cube = multiplyAdd(all((float)(point * point * point)), difference, cube);
  }
  to[0] = from[0] + even;
  to[1] = odd;
  to[2] = square;
  to[3] = cube + from[9];
}

/// A^T m: `results` of `cells` products.
INLINE void productsToResults(v16 *to, const v16 *from, const int cells, const int results, const int step) {
  if (cells == 10) {
    productsToResults10(to, from);
    return;
  }
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

INLINE void transformLinesOf(const struct KERNEL_NAME(tiles) *call, const int cells) {
  const float *input = call->map;
  float *output = call->values;
  for (ptrdiff_t tile = 0; tile < call->count; tile++, input += call->mapTile, output += LANES) {
    v16 line[10], sums[10];
    UNROLLED for (int i = 0; i < cells; i++) line[i] = load(input + i * call->line);
    tileToSums(sums, line, cells, 1);
    UNROLLED for (int i = 0; i < cells; i++) store(output + i * call->valueCell, sums[i]);
  }
}

INLINE void gatherLinesOf(const struct KERNEL_NAME(tiles) *call, const int cells, const int results) {
  const v16 bias = load(call->bias), lowest = all(call->lowest), highest = all(call->highest);
  // In a map of one column rows are as far apart as columns.
  const int isRow = call->mapTile > LANES;
  const float *input = call->values;
  const float *addend = call->addend;
  // What is added is a map of its own: only within a row its pixels are as far apart.
  const ptrdiff_t addendLine = isRow ? LANES : call->addendRow;
  float *output = call->map;
  ptrdiff_t left = isRow ? call->columns : call->rows;
  for (ptrdiff_t tile = 0; tile < call->count; tile++, input += LANES, output += call->mapTile) {
    v16 line[10], sums[4];
    UNROLLED for (int i = 0; i < cells; i++) line[i] = load(input + i * call->valueCell);
    productsToResults(sums, line, cells, results, 1);
    UNROLLED for (int i = 0; i < results; i++) {
      if (i >= left) break;
      v16 sum = sums[i] + bias;
      if (addend) sum += load(addend + i * addendLine);
      store(output + i * call->line, lower(raise(sum, lowest), highest));
    }
    if (addend) addend += call->mapTile;
    if (isRow) left -= results;
  }
}

static __attribute__((noinline)) void transformTiles6(const struct KERNEL_NAME(tiles) *call) { transformTilesOf(call, 6); }
static __attribute__((noinline)) void transformTiles4(const struct KERNEL_NAME(tiles) *call) { transformTilesOf(call, 4); }
static __attribute__((noinline)) void gatherTiles64(const struct KERNEL_NAME(tiles) *call) { gatherTilesOf(call, 6, 4); }
static __attribute__((noinline)) void gatherTiles62(const struct KERNEL_NAME(tiles) *call) { gatherTilesOf(call, 6, 2); }
static __attribute__((noinline)) void gatherTiles42(const struct KERNEL_NAME(tiles) *call) { gatherTilesOf(call, 4, 2); }

static __attribute__((noinline)) void transformLines10(const struct KERNEL_NAME(tiles) *call) { transformLinesOf(call, 10); }
static __attribute__((noinline)) void transformLines6(const struct KERNEL_NAME(tiles) *call) { transformLinesOf(call, 6); }
static __attribute__((noinline)) void transformLines4(const struct KERNEL_NAME(tiles) *call) { transformLinesOf(call, 4); }
static __attribute__((noinline)) void gatherLines104(const struct KERNEL_NAME(tiles) *call) { gatherLinesOf(call, 10, 4); }
static __attribute__((noinline)) void gatherLines64(const struct KERNEL_NAME(tiles) *call) { gatherLinesOf(call, 6, 4); }
static __attribute__((noinline)) void gatherLines62(const struct KERNEL_NAME(tiles) *call) { gatherLinesOf(call, 6, 2); }
static __attribute__((noinline)) void gatherLines42(const struct KERNEL_NAME(tiles) *call) { gatherLinesOf(call, 4, 2); }

static void transformTiles(const struct KERNEL_NAME(tiles) *call) {
  if (call->cells == 10) {
    transformLines10(call);
  } else if (call->cells == 6) {
    call->line ? transformLines6(call) : transformTiles6(call);
  } else {
    call->line ? transformLines4(call) : transformTiles4(call);
  }
}

static void gatherTiles(const struct KERNEL_NAME(tiles) *call) {
  if (call->cells == 10) {
    gatherLines104(call);
  } else if (call->cells == 4) {
    call->line ? gatherLines42(call) : gatherTiles42(call);
  } else if (call->results == 4) {
    call->line ? gatherLines64(call) : gatherTiles64(call);
  } else {
    call->line ? gatherLines62(call) : gatherTiles62(call);
  }
}

#undef NEAR
#undef FAR
#undef POINT_A
#undef POINT_B
#undef POINT_C
#undef POINT_D
