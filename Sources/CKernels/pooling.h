// Windows that slide over one block of a map; the 16 lanes are 16 channels.
#pragma once

/// From where to where a window reaches, cut off at `begin` and `end`.
struct Reach {
  ptrdiff_t begin, end;
};

INLINE struct Reach reachOf(ptrdiff_t position, ptrdiff_t length, ptrdiff_t begin, ptrdiff_t end) {
  struct Reach reach = {position > begin ? position : begin, position + length < end ? position + length : end};
  return reach;
}

INLINE ptrdiff_t lengthOf(struct Reach reach) {
  return reach.end > reach.begin ? reach.end - reach.begin : 0;
}

enum Pooling { MAXIMUM, MEAN, MEAN_PADDED };

INLINE v16 pooled(v16 a, v16 b, const enum Pooling function) {
  return function == MAXIMUM ? greater(a, b) : a + b;
}

/// One column of a window, of at least one cell.
INLINE v16 pooledColumn(const float *cell, ptrdiff_t row, const ptrdiff_t cells, const enum Pooling function) {
  v16 value = load(cell);
  for (ptrdiff_t i = 1; i < cells; i++) value = pooled(value, load(cell + i * row), function);
  return value;
}

/// What a window's cells come to, its columns one after the other; `count` is how many cells a mean is of.
INLINE v16 pooledWindow(v16 value, ptrdiff_t count, const enum Pooling function) {
  return function == MAXIMUM ? value : value / (float)count;
}

/// Windows that lie side by side within the map; those that share columns pool each of them once.
///
/// `width` and `stride` are constants where this is inlined.
INLINE void slide(
    const float *cell, ptrdiff_t row, const ptrdiff_t height, const ptrdiff_t width, const ptrdiff_t stride,
    float *output, ptrdiff_t pixels, ptrdiff_t count, const enum Pooling function) {
  enum { MOST = 3 };
  v16 columns[MOST];
  UNROLLED for (ptrdiff_t k = 0; k < width - stride; k++) {
    columns[k + stride] = pooledColumn(cell + k * LANES, row, height, function);
  }
  for (ptrdiff_t pixel = 0; pixel < pixels; pixel++) {
    UNROLLED for (ptrdiff_t k = 0; k < width; k++) {
      columns[k] =
          k < width - stride ? columns[k + stride] : pooledColumn(cell + k * LANES, row, height, function);
    }
    v16 value = columns[0];
    UNROLLED for (ptrdiff_t k = 1; k < width; k++) value = pooled(value, columns[k], function);
    store(output + pixel * LANES, pooledWindow(value, count, function));
    cell += stride * LANES;
  }
}

/// What the windows of one row of the result have in common.
struct WindowRow {
  /// Where their first row of cells begins within the map.
  const float *cells;
  /// Rows of cells within the map, and those that count in a mean.
  ptrdiff_t height, counted;
};

/// A window that may leave the map.
INLINE v16 windowAt(
    const struct KERNEL_NAME(pooling) *call, struct WindowRow row, ptrdiff_t pixel, const enum Pooling function) {
  const ptrdiff_t x = pixel * call->strideWidth - call->left;
  const struct Reach columns = reachOf(x, call->windowWidth, 0, call->width);
  v16 value = all(function == MAXIMUM ? -__builtin_inff() : 0);
  for (ptrdiff_t j = columns.begin; j < columns.end && row.height > 0; j++) {
    value = pooled(value, pooledColumn(row.cells + j * LANES, call->inputRow, row.height, function), function);
  }
  const struct Reach counted =
      function == MEAN_PADDED ? reachOf(x, call->windowWidth, -call->left, call->width + call->right) : columns;
  return pooledWindow(value, row.counted * lengthOf(counted), function);
}

/// Does the windows of `inside`, which lie within the map's columns, if there is a way for windows of this kind.
INLINE int slideInside(
    const struct KERNEL_NAME(pooling) *call, struct WindowRow row, float *output, struct Reach inside,
    const enum Pooling function) {
  const ptrdiff_t height = row.height, width = call->windowWidth, stride = call->strideWidth, next = call->inputRow;
  const float *cell = row.cells + (inside.begin * stride - call->left) * LANES;
  float *to = output + inside.begin * LANES;
  const ptrdiff_t pixels = lengthOf(inside), count = row.counted * width;
  if (width == 3 && stride == 1 && height == 3) {
    slide(cell, next, 3, 3, 1, to, pixels, count, function);
  } else if (width == 3 && stride == 1 && height > 0) {
    slide(cell, next, height, 3, 1, to, pixels, count, function);
  } else if (width == 3 && stride == 2 && height == 3) {
    slide(cell, next, 3, 3, 2, to, pixels, count, function);
  } else if (width == 2 && stride == 2 && height == 2) {
    slide(cell, next, 2, 2, 2, to, pixels, count, function);
  } else {
    return 0;
  }
  return 1;
}

INLINE void pool(const struct KERNEL_NAME(pooling) *call, const enum Pooling function) {
  const ptrdiff_t stride = call->strideWidth;
  // Windows from the first that begins within the map's columns to the last that ends there.
  const ptrdiff_t begin = (call->left + stride - 1) / stride;
  const ptrdiff_t room = call->width + call->left - call->windowWidth;
  const struct Reach inside = reachOf(0, room < 0 ? 0 : room / stride + 1, begin, call->pixels);
  for (ptrdiff_t i = 0; i < call->rows; i++) {
    const ptrdiff_t y = (call->firstRow + i) * call->strideHeight - call->top;
    const struct Reach rows = reachOf(y, call->windowHeight, 0, call->height);
    const struct Reach counted =
        function == MEAN_PADDED ? reachOf(y, call->windowHeight, -call->top, call->height + call->bottom) : rows;
    const struct WindowRow row = {call->input + rows.begin * call->inputRow, lengthOf(rows), lengthOf(counted)};
    float *output = call->output + i * call->outputRow;
    const int slid = lengthOf(inside) > 0 && slideInside(call, row, output, inside, function);
    for (ptrdiff_t pixel = 0; pixel < call->pixels; pixel++) {
      if (slid && pixel == inside.begin) pixel = inside.end;
      if (pixel < call->pixels) store(output + pixel * LANES, windowAt(call, row, pixel, function));
    }
  }
}

static void poolMaximum(const struct KERNEL_NAME(pooling) *call) {
  pool(call, MAXIMUM);
}

static void poolMean(const struct KERNEL_NAME(pooling) *call) {
  pool(call, MEAN);
}

static void poolMeanPadded(const struct KERNEL_NAME(pooling) *call) {
  pool(call, MEAN_PADDED);
}
