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

INLINE void pool(const struct KERNEL_NAME(pooling) *call, const enum Pooling function) {
  for (ptrdiff_t row = 0; row < call->rows; row++) {
    const ptrdiff_t y = (call->firstRow + row) * call->strideHeight - call->top;
    const struct Reach rows = reachOf(y, call->windowHeight, 0, call->height);
    const ptrdiff_t paddedRows = lengthOf(reachOf(y, call->windowHeight, -call->top, call->height + call->bottom));
    float *output = call->output + row * call->outputRow;
    for (ptrdiff_t pixel = 0; pixel < call->pixels; pixel++, output += LANES) {
      const ptrdiff_t x = pixel * call->strideWidth - call->left;
      const struct Reach columns = reachOf(x, call->windowWidth, 0, call->width);
      v16 value = all(function == MAXIMUM ? -__builtin_inff() : 0);
      // Looking for NaN apart from the maximum keeps both chains of operations short.
      i16 isOrdered = ~(i16)all(0);
      for (ptrdiff_t i = rows.begin; i < rows.end; i++) {
        const float *cell = call->input + i * call->inputRow + columns.begin * LANES;
        for (ptrdiff_t j = columns.begin; j < columns.end; j++, cell += LANES) {
          const v16 x = load(cell);
          if (function == MAXIMUM) {
            value = x > value ? x : value;
            isOrdered &= x == x;
          } else {
            value += x;
          }
        }
      }
      if (function == MAXIMUM) value = isOrdered ? value : all(__builtin_nanf(""));
      if (function == MEAN) value /= (float)(lengthOf(rows) * lengthOf(columns));
      if (function == MEAN_PADDED) {
        const struct Reach padded = reachOf(x, call->windowWidth, -call->left, call->width + call->right);
        value /= (float)(paddedRows * lengthOf(padded));
      }
      store(output, value);
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
