// Convolutions, and the tiles of Winograd's.
#pragma once

#include "scene.h"

/// Kept between the two, as a comparison that NaN fails keeps it.
static double clamped(double x, float lowest, float highest) {
  x = x < lowest ? lowest : x;
  return x > highest ? highest : x;
}

static void rollClamp(float *lowest, float *highest) {
  *lowest = flip() ? -INFINITY : -0.25f * (float)roll(0, 2);
  *highest = flip() ? INFINITY : 0.25f * (float)roll(1, 4);
}

static Count few(Count likely, Count most) {
  return roll(0, 2) ? roll(1, likely) : roll(1, most);
}

typedef struct KERNEL_NAME(convolution) Convolution;

/// Writes what an addend holds, which may be the memory of the result.
static void rollAddend(Convolution *call, float *output, int slot) {
  const int choice = (int)roll(0, 2);
  if (choice == 0) return;
  if (choice == 1 && call->outputPixel == LANES) {
    for (Count i = 0; i < result.count; i++) output[i] = value();
    call->addend = output;
    call->addendRow = call->outputRow;
    call->addendBlock = call->outputBlock;
    return;
  }
  call->addendRow = call->pixels * LANES + (flip() ? 0 : roll(1, 40));
  call->addendBlock = call->rows * call->addendRow + roll(0, 9);
  call->addend = numbers(slot, (call->blocks - 1) * call->addendBlock + (call->rows - 1) * call->addendRow + call->pixels * LANES);
}

/// With what is behind the sum: addend and bounds.
static void expectConvolved(const Convolution *call, Count block, Count row, Count pixel, Count lane, double sum,
                            double magnitude) {
  if (call->addend) {
    const double addend = call->addend[block * call->addendBlock + row * call->addendRow + pixel * LANES + lane];
    sum += addend;
    magnitude += fabs(addend);
  }
  expectSum(call->output + block * call->outputBlock + row * call->outputRow + pixel * call->outputPixel + lane,
            clamped(sum, call->lowest, call->highest), magnitude);
}

/// How many floats are read from the first one on, if these are the strides of what is read.
static Count reach(const Convolution *call, Count blocks) {
  return (blocks - 1) * call->inputBlock + (call->rows - 1) * call->inputRow + (call->pixels - 1) * call->inputPixel +
         (call->kernelHeight - 1) * call->tapRow + (call->kernelWidth - 1) * call->tapColumn;
}

static void checkConvolve(void) {
  Convolution call = {0};
  call.rows = few(3, 6);
  call.pixels = few(8, 40);
  call.blocks = few(3, 9);
  call.kernelHeight = few(3, 5);
  call.kernelWidth = few(3, 5);
  call.channels = few(20, 50);
  rollClamp(&call.lowest, &call.highest);

  // A map in blocks, a narrow one whose windows' rows are one run of floats, or rows of a matrix.
  Count first = 0;
  switch (roll(0, 4)) {
    case 0:
      call.kernelWidth = 1;
      call.inputPixel = roll(1, 3) * roll(1, 15);
      call.inputBlock = LANES;
      call.tapRow = roll(1, 2) * (call.pixels * call.inputPixel + roll(0, 20));
      call.inputRow = roll(1, 3) * call.tapRow;
      break;
    case 1:
      call.kernelWidth = call.kernelHeight = call.rows = 1;
      call.inputPixel = call.channels + (flip() ? 0 : roll(1, 9));
      call.inputBlock = LANES;
      break;
    default: {
      const Count stride = flip() ? 1 : roll(1, 4), dilation = flip() ? 1 : roll(1, 3);
      // Now and then rows without a gap between them.
      const Count gap = flip() ? 0 : roll(1, 5);
      const Count rowLength = (call.pixels * stride + gap) * LANES;
      call.inputPixel = stride * LANES;
      call.inputRow = roll(1, 2) * rowLength;
      if (gap == 0 && flip()) call.inputRow = rowLength;
      call.tapRow = roll(1, 3) * rowLength;
      call.tapColumn = dilation * LANES;
      call.inputBlock = reach(&call, 1) + LANES + roll(0, 30);
      first = flip() ? 0 : roll(0, 15);
    }
  }
  call.headChannels = call.channels < LANES - first ? call.channels : LANES - first;
  const Count inputBlocks = (first + call.channels + LANES - 1) / LANES;
  // The last channel that is read, in the last block.
  const Count end = (first + call.channels - 1) % LANES + 1;
  const Count size = reach(&call, inputBlocks) + end - first;
  float *input = numbers(1, size);
  poison(input, size);
  call.input = input;

  const Count taps = call.kernelHeight * call.kernelWidth, panel = taps * call.channels * LANES;
  call.panel = panel + (flip() ? 0 : roll(0, 40));
  float *weights = numbers(2, (call.blocks - 1) * call.panel + panel);
  call.weights = weights;
  call.ahead = flip() ? 0 : call.panel;
  call.bias = numbers(3, call.blocks * LANES);

  // Blocks apart, or neighbours as in a matrix, of which the last one may be cut off.
  if (roll(0, 3)) {
    call.outputPixel = LANES * (roll(0, 3) ? 1 : 2);
    call.outputRow = call.pixels * call.outputPixel + (flip() ? 0 : roll(1, 40));
    call.outputBlock = call.rows * call.outputRow + roll(0, 20);
    call.laneBegin = flip() ? 0 : roll(0, 15);
    call.laneEnd = flip() ? LANES : roll(call.laneBegin + 1, LANES);
    if (call.laneEnd <= call.laneBegin) call.laneEnd = LANES;
  } else {
    call.laneEnd = flip() ? LANES : roll(1, LANES);
    call.outputBlock = LANES;
    call.outputPixel = (call.blocks - 1) * LANES + call.laneEnd + (flip() ? 0 : roll(0, 9));
    call.outputRow = call.pixels * call.outputPixel + (flip() ? 0 : roll(1, 40));
  }
  const Count count = (call.blocks - 1) * call.outputBlock + (call.rows - 1) * call.outputRow +
                      (call.pixels - 1) * call.outputPixel + LANES;
  call.output = room(count);
  rollAddend(&call, call.output, 4);

  describe("%td x %td pixels of %td blocks, window %td x %td, %td channels from lane %td, pixels %td apart, taps %td and %td, "
           "lanes %td..<%td, rows %td to %td, addend %s", call.rows, call.pixels, call.blocks, call.kernelHeight,
           call.kernelWidth, call.channels, first, call.inputPixel, call.tapRow, call.tapColumn, call.laneBegin,
           call.laneEnd, call.inputRow, call.outputRow,
           !call.addend ? "none" : call.addend == call.output ? "in place" : "apart");
  for (Count b = 0; b < call.blocks; b++) {
    const int isLast = b == call.blocks - 1;
    for (Count y = 0; y < call.rows; y++) {
      for (Count x = 0; x < call.pixels; x++) {
        double sums[LANES], magnitudes[LANES];
        for (Count f = 0; f < LANES; f++) magnitudes[f] = fabs(sums[f] = call.bias[b * LANES + f]);
        for (Count i = 0; i < call.kernelHeight; i++) {
          for (Count j = 0; j < call.kernelWidth; j++) {
            const float *cell = input + y * call.inputRow + x * call.inputPixel + i * call.tapRow + j * call.tapColumn;
            for (Count c = 0; c < call.channels; c++) {
              const Count block = (first + c) / LANES, lane = (first + c) % LANES;
              // In its block: how many channels that has, and how many stand before.
              const Count start = block == 0 ? 0 : block * LANES - first;
              const Count length = (call.channels < (block + 1) * LANES - first ? call.channels : (block + 1) * LANES - first) - start;
              const double from = cell[block * call.inputBlock + lane - first];
              const float *w = weights + b * call.panel +
                               (taps * start + (i * call.kernelWidth + j) * length + (c - start)) * LANES;
              for (Count f = 0; f < LANES; f++) {
                sums[f] += from * w[f];
                magnitudes[f] += fabs(from * w[f]);
              }
            }
          }
        }
        const Count lanesBegin = isLast ? call.laneBegin : 0, lanesEnd = isLast ? call.laneEnd : LANES;
        for (Count f = lanesBegin; f < lanesEnd; f++) expectConvolved(&call, b, y, x, f, sums[f], magnitudes[f]);
      }
    }
  }
  remember();
  table->convolve(&call);
  judge();
}

static void checkConvolveDepthwise(void) {
  Convolution call = {0};
  call.rows = few(3, 6);
  call.pixels = few(8, 60);
  call.blocks = 1;
  // Mostly the windows that have code of their own.
  call.kernelHeight = call.kernelWidth = flip() ? 3 : 5;
  if (roll(0, 2) == 0) {
    call.kernelHeight = roll(1, 6);
    call.kernelWidth = roll(1, 6);
  }
  rollClamp(&call.lowest, &call.highest);
  const Count stride = roll(1, 3), dilation = roll(0, 3) ? 1 : roll(1, 3);
  const Count rowLength = ((call.pixels - 1) * stride + (call.kernelWidth - 1) * dilation + 1 + roll(0, 3)) * LANES;
  call.inputPixel = stride * LANES;
  call.inputRow = roll(1, 3) * rowLength;
  call.tapRow = (roll(0, 3) ? 1 : roll(1, 3)) * rowLength;
  call.tapColumn = dilation * LANES;
  const Count size = reach(&call, 1) + LANES;
  float *input = numbers(1, size);
  poison(input, size);
  call.input = input;
  call.weights = numbers(2, call.kernelHeight * call.kernelWidth * LANES);
  call.bias = numbers(3, LANES);
  call.outputPixel = LANES * (roll(0, 3) ? 1 : 2);
  call.outputRow = call.pixels * call.outputPixel + (flip() ? 0 : roll(1, 40));
  call.laneEnd = LANES;
  call.output = room((call.rows - 1) * call.outputRow + (call.pixels - 1) * call.outputPixel + LANES);
  rollAddend(&call, call.output, 4);
  describe("%td x %td pixels, window %td x %td, stride %td, dilation %td, addend %s", call.rows, call.pixels,
           call.kernelHeight, call.kernelWidth, stride, dilation,
           !call.addend ? "none" : call.addend == call.output ? "in place" : "apart");
  for (Count y = 0; y < call.rows; y++) {
    for (Count x = 0; x < call.pixels; x++) {
      for (Count lane = 0; lane < LANES; lane++) {
        double sum = call.bias[lane], magnitude = fabs(sum);
        for (Count i = 0; i < call.kernelHeight; i++) {
          for (Count j = 0; j < call.kernelWidth; j++) {
            const double product =
                (double)input[y * call.inputRow + x * call.inputPixel + i * call.tapRow + j * call.tapColumn + lane] *
                call.weights[(i * call.kernelWidth + j) * LANES + lane];
            sum += product;
            magnitude += fabs(product);
          }
        }
        expectConvolved(&call, 0, y, x, lane, sum, magnitude);
      }
    }
  }
  remember();
  table->convolveDepthwise(&call);
  judge();
}

// MARK: Tiles

/// Where tiles are looked at as polynomials; infinity comes last.
static const double pointsOf4[] = {0, 1, -1}, pointsOf6[] = {0, 0.625, -0.625, 1.5, -1.5};
static const double pointsOf10[] = {0, 0.375, -0.375, 0.75, -0.75, 1.25, -1.25, 2, -2};

enum { MOST_CELLS = 10 };

static const double *pointsOf(Count cells) {
  return cells == 4 ? pointsOf4 : cells == 6 ? pointsOf6 : pointsOf10;
}

/// The coefficients of the product of (x - p) over all points but one.
static void polynomial(const double *points, Count count, Count without, double *coefficients) {
  memset(coefficients, 0, MOST_CELLS * sizeof *coefficients);
  coefficients[0] = 1;
  for (Count p = 0; p < count; p++) {
    if (p == without) continue;
    for (Count power = MOST_CELLS - 1; power >= 0; power--)
      coefficients[power] = (power ? coefficients[power - 1] : 0) - points[p] * coefficients[power];
  }
}

/// Makes the tile's matrix B^T, `cells` x `cells`.
static void makeTileMatrix(Count cells, double matrix[MOST_CELLS][MOST_CELLS]) {
  for (Count row = 0; row < cells; row++) {
    polynomial(pointsOf(cells), cells - 1, row, matrix[row]);
    // Of tiles of 4 the first and the last row have the other sign, as is usual.
    const int isTurned = cells == 4 && (row == 0 || row == 3);
    for (Count i = 0; i < cells; i++) matrix[row][i] *= isTurned ? -1 : 1;
  }
}

/// Makes the results' matrix A^T, `results` x `cells`.
static void makeResultMatrix(Count cells, Count results, double matrix[MOST_CELLS][MOST_CELLS]) {
  for (Count row = 0; row < results; row++) {
    for (Count i = 0; i < cells - 1; i++) matrix[row][i] = pow(pointsOf(cells)[i], (double)row);
    matrix[row][cells - 1] = row < results - 1 ? 0 : cells == 4 ? -1 : 1;
  }
}

/// A sum of terms, and the sum of their magnitudes.
typedef struct {
  double value, magnitude;
} Sum;

static void addTerm(Sum *sum, double term) {
  sum->value += term;
  sum->magnitude += fabs(term);
}

/// One value of M X M^T, where X is `cells` x `cells` floats; what is multiplied by zero is left out.
static Sum transformedSquare(double matrix[MOST_CELLS][MOST_CELLS], Count row, Count column, Count cells,
                             const float *start, Count rowStride, Count columnStride) {
  Sum sum = {0, 0};
  for (Count y = 0; y < cells; y++) {
    for (Count x = 0; x < cells; x++) {
      const double factor = matrix[row][y] * matrix[column][x];
      if (factor != 0) addTerm(&sum, factor * start[y * rowStride + x * columnStride]);
    }
  }
  return sum;
}

/// One value of M x, where x is `cells` floats.
static Sum transformedLine(double matrix[MOST_CELLS][MOST_CELLS], Count row, Count cells, const float *start, Count stride) {
  Sum sum = {0, 0};
  for (Count i = 0; i < cells; i++) {
    if (matrix[row][i] != 0) addTerm(&sum, matrix[row][i] * start[i * stride]);
  }
  return sum;
}

typedef struct KERNEL_NAME(tiles) Tiles;

enum TileForm { SQUARES, LINES_ALONG_ROWS, LINES_ALONG_COLUMNS };

static const char *const formNames[] = {"squares", "lines along rows", "lines along columns"};

static enum TileForm rollTiles(Tiles *call) {
  enum TileForm form = flip() ? SQUARES : flip() ? LINES_ALONG_ROWS : LINES_ALONG_COLUMNS;
  *call = (Tiles){.cells = (const Count[]){4, 6, 6, 10}[roll(0, form == SQUARES ? 2 : 3)]};
  call->results = call->cells == 10 || (call->cells == 6 && flip()) ? 4 : 2;
  call->count = few(4, 12);
  call->mapTile = form == LINES_ALONG_COLUMNS ? LANES : call->results * LANES;
  call->valueCell = call->count * LANES + (flip() ? 0 : roll(1, 50));
  return form;
}

static void checkTransformTiles(void) {
  Tiles call;
  const enum TileForm form = rollTiles(&call);
  const Count rows = form == LINES_ALONG_ROWS ? 1 : call.cells, columns = form == LINES_ALONG_COLUMNS ? 1 : call.cells;
  const Count width = (call.count - 1) * call.mapTile + columns * LANES;
  call.mapRow = width + (flip() ? 0 : roll(1, 50));
  call.line = form == SQUARES ? 0 : form == LINES_ALONG_ROWS ? LANES : call.mapRow;
  const Count size = (rows - 1) * call.mapRow + width;
  float *map = numbers(1, size);
  poison(map, size);
  call.map = map;
  call.values = room((rows * columns - 1) * call.valueCell + call.count * LANES);
  describe("%td %s of %td cells, %td results", call.count, formNames[form], call.cells, call.results);
  double matrix[MOST_CELLS][MOST_CELLS];
  makeTileMatrix(call.cells, matrix);
  for (Count tile = 0; tile < call.count; tile++) {
    for (Count cell = 0; cell < rows * columns; cell++) {
      for (Count lane = 0; lane < LANES; lane++) {
        const float *start = map + tile * call.mapTile + lane;
        const Sum sum = form == SQUARES
                            ? transformedSquare(matrix, cell / columns, cell % columns, call.cells, start, call.mapRow, LANES)
                            : transformedLine(matrix, cell, call.cells, start, call.line);
        expectSum(call.values + cell * call.valueCell + tile * LANES + lane, sum.value, sum.magnitude);
      }
    }
  }
  remember();
  table->transformTiles(&call);
  judge();
}

static void checkGatherTiles(void) {
  Tiles call;
  const enum TileForm form = rollTiles(&call);
  const Count valueCells = form == SQUARES ? call.cells * call.cells : call.cells;
  const Count valueCount = (valueCells - 1) * call.valueCell + call.count * LANES;
  call.values = numbers(1, valueCount);
  poison(call.values, valueCount);
  float *bias = numbers(2, LANES);
  call.bias = bias;
  rollClamp(&call.lowest, &call.highest);
  // The last tile may stand out of the map, to the right or below.
  const Count across = form == LINES_ALONG_COLUMNS ? 1 : call.results, down = form == LINES_ALONG_ROWS ? 1 : call.results;
  call.columns = (call.count - 1) * across + roll(1, across);
  call.rows = roll(1, call.results + 2);
  const Count rows = call.rows < down ? call.rows : down;
  call.mapRow = call.columns * LANES + (flip() ? 0 : roll(1, 50));
  call.line = form == SQUARES ? 0 : form == LINES_ALONG_ROWS ? LANES : call.mapRow;
  call.map = room((rows - 1) * call.mapRow + call.columns * LANES);
  const int choice = (int)roll(0, 2);
  if (choice == 1) {
    for (Count i = 0; i < result.count; i++) call.map[i] = value();
    call.addend = call.map;
    call.addendRow = call.mapRow;
  } else if (choice == 2) {
    call.addendRow = call.columns * LANES + (flip() ? 0 : roll(1, 50));
    call.addend = numbers(3, (rows - 1) * call.addendRow + call.columns * LANES);
  }
  describe("%td %s of %td cells, %td results, map of %td x %td, addend %s", call.count, formNames[form], call.cells,
           call.results, call.rows, call.columns, (const char *[]){"none", "in place", "apart"}[choice]);
  double matrix[MOST_CELLS][MOST_CELLS];
  makeResultMatrix(call.cells, call.results, matrix);
  for (Count y = 0; y < rows; y++) {
    for (Count x = 0; x < call.columns; x++) {
      for (Count lane = 0; lane < LANES; lane++) {
        const float *start = call.values + x / across * LANES + lane;
        Sum sum = form == SQUARES ? transformedSquare(matrix, y, x % across, call.cells, start,
                                                      call.cells * call.valueCell, call.valueCell)
                                  : transformedLine(matrix, form == LINES_ALONG_ROWS ? x % across : y, call.cells, start,
                                                    call.valueCell);
        addTerm(&sum, bias[lane]);
        if (call.addend) addTerm(&sum, call.addend[y * call.addendRow + x * LANES + lane]);
        expectSum(call.map + y * call.mapRow + x * LANES + lane, clamped(sum.value, call.lowest, call.highest),
                  sum.magnitude);
      }
    }
  }
  remember();
  table->gatherTiles(&call);
  judge();
}
