// The direct convolution: a tile of pixels x blocks is kept in registers while the sum runs over its window.
#pragma once

/// How far apart cells of the input are, in bytes, whose pixels are 1, 3, 5, ... apart: with the powers of two that an
/// address may multiply by they reach every pixel of a tile. What the compiler would make of a product for each pixel
/// does not fit into the registers.
typedef struct {
  ptrdiff_t odd[(MOST_PIXELS + 1) / 2];
} Distances;

INLINE Distances distances(ptrdiff_t pixel) {
  Distances result;
  UNROLLED for (int i = 0; i < (MOST_PIXELS + 1) / 2; i++)
    result.odd[i] = (2 * i + 1) * pixel * (ptrdiff_t)sizeof(float);
  return result;
}

/// The cell for the pixel `p` of a tile, a constant; `apart` is null where all are `pixel` apart, a constant too.
INLINE const float *cellFor(const int p, const float *cell, const ptrdiff_t pixel, const Distances *apart) {
  if (!apart) return cell + p * pixel;
  if (p == 0) return cell;
  const int power = __builtin_ctz(p);
  return (const float *)((const char *)cell + (apart->odd[p >> (power + 1)] << power));
}

/// One channel of one cell of the window.
INLINE void accumulate(v16 *sums, const int pixels, const int blocks, const float *cell, const ptrdiff_t pixel,
                       const Distances *apart, const float *weights, ptrdiff_t panel, ptrdiff_t ahead,
                       ptrdiff_t channel) {
  v16 w[MOST_BLOCKS];
  Distances known;
  if (apart) {
    // Here and now, or all multiples would be kept, most of them in memory.
    UNROLLED for (int i = 0; i < pixels / 2; i++) {
      known.odd[i] = apart->odd[i];
      __asm__("" : "+r"(known.odd[i]));
    }
    apart = &known;
  }
  UNROLLED for (int b = 0; b < blocks; b++) {
    w[b] = load(weights + b * panel + channel * LANES);
    __builtin_prefetch(weights + b * panel + ahead + channel * LANES, 0, 2);
  }
  UNROLLED for (int p = 0; p < pixels; p++) {
    const v16 x = all(*cellFor(p, cell + channel, pixel, apart));
    UNROLLED for (int b = 0; b < blocks; b++) sums[b * pixels + p] = multiplyAdd(x, w[b], sums[b * pixels + p]);
  }
}

/// One tile. All loops over pixels and blocks have constant bounds and vanish.
///
/// - `pixel`: how far apart the cells of neighbouring pixels are, a constant; `apart` says it where it is none.
INLINE void convolveTile(const struct KERNEL_NAME(convolution) *call, const int pixels, const int blocks,
                         const ptrdiff_t pixel, const Distances *apart, const float *input, const float *weights,
                         const float *bias, const float *addend, float *output, int isLast) {
  v16 sums[MOST_BLOCKS * MOST_PIXELS];
  UNROLLED for (int b = 0; b < blocks; b++) {
    const v16 start = load(bias + b * LANES);
    UNROLLED for (int p = 0; p < pixels; p++) sums[b * pixels + p] = start;
  }

  const ptrdiff_t panel = call->panel, ahead = call->ahead;
  ptrdiff_t left = call->channels, count = call->headChannels;
  for (;;) {
    const float *row = input;
    for (ptrdiff_t y = 0; y < call->kernelHeight; y++, row += call->tapRow) {
      const float *cell = row;
      for (ptrdiff_t x = 0; x < call->kernelWidth; x++, cell += call->tapColumn, weights += count * LANES) {
        if (count == LANES && !apart) {
          UNROLLED_CHANNELS for (ptrdiff_t c = 0; c < LANES; c++)
              accumulate(sums, pixels, blocks, cell, pixel, apart, weights, panel, ahead, c);
        } else {
          _Pragma("clang loop unroll(disable)") for (ptrdiff_t c = 0; c < count; c++)
              accumulate(sums, pixels, blocks, cell, pixel, apart, weights, panel, ahead, c);
        }
      }
    }
    left -= count;
    if (left == 0) break;
    // The first block may have begun at any channel; it was used to its end.
    input += call->inputBlock + (left + count == call->channels ? count - LANES : 0);
    count = left < LANES ? left : LANES;
  }

  if (addend) {
    UNROLLED for (int b = 0; b < blocks; b++) {
      UNROLLED for (int p = 0; p < pixels; p++) sums[b * pixels + p] += load(addend + b * call->addendBlock + p * LANES);
    }
  }
  const v16 lowest = all(call->lowest), highest = all(call->highest);
  UNROLLED for (int b = 0; b < blocks; b++) {
    const int isPartial = isLast && b == blocks - 1 && call->laneEnd - call->laneBegin < LANES;
    UNROLLED for (int p = 0; p < pixels; p++) {
      float *to = output + p * call->outputPixel + b * call->outputBlock;
      const v16 x = lower(raise(sums[b * pixels + p], lowest), highest);
      if (isPartial) {
        storeLanes(to, x, call->laneBegin, call->laneEnd);
      } else {
        store(to, x);
      }
    }
  }
}

// Each tile three times: for pixels that are neighbours and for every second one, where the distance is a constant, and
// for any other distance. With a constant the addresses of all pixels are one register and what is written in the
// instructions; without, most of them have to be loaded.
#define TILE_AT(name, pixels, blocks, distance)                                                                        \
  static __attribute__((noinline)) void name##_##pixels##_##blocks(                                                    \
      const struct KERNEL_NAME(convolution) *call, const float *input, const float *weights, const float *bias,        \
      const float *addend, float *output, int isLast) {                                                                \
    const Distances apart = distances(call->inputPixel);                                                               \
    convolveTile(call, pixels, blocks, distance, distance ? NULL : &apart, input, weights, bias, addend, output,       \
                 isLast);                                                                                              \
  }
#define TILE(pixels, blocks)                                                                                           \
  TILE_AT(neighbours, pixels, blocks, LANES)                                                                           \
  TILE_AT(seconds, pixels, blocks, 2 * LANES)                                                                          \
  TILE_AT(strided, pixels, blocks, 0)
EACH_TILE(TILE)

typedef void (*Tile)(const struct KERNEL_NAME(convolution) *, const float *, const float *, const float *, const float *,
                     float *, int);

#define NEIGHBOURS_ENTRY(pixels, blocks) [blocks][pixels] = neighbours_##pixels##_##blocks,
#define SECONDS_ENTRY(pixels, blocks) [blocks][pixels] = seconds_##pixels##_##blocks,
#define STRIDED_ENTRY(pixels, blocks) [blocks][pixels] = strided_##pixels##_##blocks,
static const Tile neighbourTiles[MOST_BLOCKS + 1][MOST_PIXELS + 1] = {EACH_TILE(NEIGHBOURS_ENTRY)};
static const Tile secondTiles[MOST_BLOCKS + 1][MOST_PIXELS + 1] = {EACH_TILE(SECONDS_ENTRY)};
static const Tile stridedTiles[MOST_BLOCKS + 1][MOST_PIXELS + 1] = {EACH_TILE(STRIDED_ENTRY)};
static const int pixelsByBlocks[MOST_BLOCKS + 1] = PIXELS_BY_BLOCKS;

/// How many blocks to compute at once: as many as fit with all pixels of the row, but two at least if they fit at all.
static ptrdiff_t blocksAtOnce(ptrdiff_t pixels, ptrdiff_t blocks) {
  ptrdiff_t best = blocks < MOST_BLOCKS ? blocks : MOST_BLOCKS;
  while (best > 2 && pixelsByBlocks[best] < pixels) best--;
  return best;
}

/// Moves `count` pixels of some blocks between rows of `width` pixels, from the pixel `first` on, and a place where they
/// stand next to each other.
INLINE void movePixels(float *rows, ptrdiff_t row, ptrdiff_t rowsBlock, ptrdiff_t width, ptrdiff_t first, ptrdiff_t count,
                       ptrdiff_t blocks, float *together, const int gathers) {
  for (ptrdiff_t b = 0; b < blocks; b++) {
    ptrdiff_t column = first % width;
    float *pixel = rows + b * rowsBlock + first / width * row + column * LANES;
    for (ptrdiff_t p = 0; p < count; p++, together += LANES) {
      if (gathers) {
        store(together, load(pixel));
      } else {
        store(pixel, load(together));
      }
      const int isEnd = ++column == width;
      pixel += isEnd ? row - (width - 1) * LANES : LANES;
      if (isEnd) column = 0;
    }
  }
}

/// The same where the rows of the result are narrower than a tile and those of the input follow each other without a gap:
/// tiles go on in the next row, or the weights would be read for few pixels at a time.
static __attribute__((noinline)) void convolveNarrowRows(const struct KERNEL_NAME(convolution) *call,
                                                         const Tile (*tiles)[MOST_PIXELS + 1]) {
  const ptrdiff_t pixels = call->rows * call->pixels;
  float results[MOST_BLOCKS * MOST_PIXELS * LANES], addends[MOST_BLOCKS * MOST_PIXELS * LANES];
  struct KERNEL_NAME(convolution) tileCall = *call;
  for (ptrdiff_t block = 0, blocks; block < call->blocks; block += blocks) {
    blocks = blocksAtOnce(pixels, call->blocks - block);
    const ptrdiff_t count = (pixels + pixelsByBlocks[blocks] - 1) / pixelsByBlocks[blocks];
    for (ptrdiff_t tile = 0; tile < count; tile++) {
      const ptrdiff_t first = tile * pixels / count, n = (tile + 1) * pixels / count - first;
      tileCall.outputBlock = tileCall.addendBlock = n * LANES;
      if (call->addend) {
        movePixels((float *)call->addend + block * call->addendBlock, call->addendRow, call->addendBlock, call->pixels,
                   first, n, blocks, addends, 1);
      }
      tiles[blocks][n](&tileCall, call->input + first * call->inputPixel, call->weights + block * call->panel,
                       call->bias + block * LANES, call->addend ? addends : NULL, results, 0);
      movePixels(call->output + block * call->outputBlock, call->outputRow, call->outputBlock, call->pixels, first, n,
                 blocks, results, 0);
    }
  }
}

static void convolve(const struct KERNEL_NAME(convolution) *call) {
  ptrdiff_t rows = call->rows, pixels = call->pixels;
  if (call->inputRow == pixels * call->inputPixel && call->outputRow == pixels * call->outputPixel &&
      (!call->addend || call->addendRow == pixels * LANES)) {
    // The rows follow each other without a gap: they are one.
    pixels *= rows;
    rows = 1;
  }
  const Tile(*tiles)[MOST_PIXELS + 1] = call->inputPixel == LANES       ? neighbourTiles
                                        : call->inputPixel == 2 * LANES ? secondTiles
                                                                        : stridedTiles;
  if (rows > 1 && pixels < MOST_PIXELS && call->inputRow == pixels * call->inputPixel && call->outputPixel == LANES &&
      call->laneEnd - call->laneBegin == LANES) {
    convolveNarrowRows(call, tiles);
    return;
  }
  for (ptrdiff_t block = 0, blocks; block < call->blocks; block += blocks) {
    blocks = blocksAtOnce(pixels, call->blocks - block);
    const int isLast = block + blocks == call->blocks;
    // Tiles of nearly the same width, rather than wide ones and a narrow rest.
    const ptrdiff_t count = (pixels + pixelsByBlocks[blocks] - 1) / pixelsByBlocks[blocks];
    const ptrdiff_t width = pixels / count, wider = pixels % count;
    for (ptrdiff_t row = 0; row < rows; row++) {
      const float *input = call->input + row * call->inputRow;
      float *output = call->output + row * call->outputRow + block * call->outputBlock;
      const float *addend = call->addend ? call->addend + row * call->addendRow + block * call->addendBlock : NULL;
      for (ptrdiff_t tile = 0; tile < count; tile++) {
        const ptrdiff_t n = width + (tile < wider);
        tiles[blocks][n](call, input, call->weights + block * call->panel, call->bias + block * LANES, addend, output,
                         isLast);
        input += n * call->inputPixel;
        output += n * call->outputPixel;
        if (addend) addend += n * LANES;
      }
    }
  }
}
