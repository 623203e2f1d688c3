// Convolutions of values that are split in two bf16 numbers, by processors that multiply tiles of them. The including file
// defines
//   SPLIT_PATH                       the name of the path
//   tileConfigure(configuration)     the shapes of the tiles; all become zero
//   tileZero(tile)
//   tileLoad(tile, from, stride)     rows of a tile, so many bytes apart
//   tileMultiply(sums, left, right)  adds the products of pairs, [row][pair][2] and [pair][column][2], to [row][column]
//   tileStore(tile, to, stride)
//   tileRelease()
// where tiles are numbered by constants.
//
// A value x is taken for high + low, each a bf16 number and the nearest to what it stands for: 16 bits of the 24 of a
// float. Low is at most 2^-8 of x, and both together are off by at most 2^-17 of it. Of the four products of two such values
// the smallest, low * low, is left out: an error of at most 2^-15 of each product's magnitude.
#pragma once

#include "vector.h"

typedef unsigned u16x __attribute__((ext_vector_type(16)));
typedef unsigned short bf16x __attribute__((ext_vector_type(16), aligned(2)));

/// Where there are no numbers but infinity and NaN.
INLINE i16 areNotFinite(u16x bits) {
  return (bits & 0x7f800000) == 0x7f800000;
}

/// Rounds to a bf16 number, to nearest and ties to even; cuts off what would not be finite or is not.
INLINE u16x rounded(u16x bits) {
  const u16x nearest = bits + 0x7fff + ((bits >> 16) & 1);
  return (areNotFinite(bits) | areNotFinite(nearest) ? bits : nearest) & 0xffff0000;
}

typedef struct {
  bf16x high, low;
} Split;

/// What is not finite is all in the low part, which meets only the other value's high part: so infinity times a number
/// is what it should be, and does not meet infinity times the number's low part, which may have the other sign.
INLINE Split split(v16 x) {
  const u16x bits = (u16x)bitsOf(x);
  const u16x high = areNotFinite(bits) ? 0 : rounded(bits);
  // NaN comes out of a subtraction with its highest bit set, and stays NaN when the lower ones are cut off.
  const u16x low = rounded((u16x)bitsOf(x - fromBits((i16)high)));
  return (Split){__builtin_convertvector(high >> 16, bf16x), __builtin_convertvector(low >> 16, bf16x)};
}

static void splitPixels(const float *input, ptrdiff_t inputPixel, ptrdiff_t lanes, unsigned short *output,
                        ptrdiff_t outputPixel, ptrdiff_t low, ptrdiff_t width, ptrdiff_t pixels) {
  for (ptrdiff_t p = 0; p < pixels; p++, input += inputPixel, output += outputPixel) {
    const Split parts = split(lanes == LANES ? load(input) : loadFirst(input, lanes));
    if (width == LANES) {
      *(bf16x *)output = parts.high;
      *(bf16x *)(output + low) = parts.low;
    } else {
      for (ptrdiff_t lane = 0; lane < width; lane++) {
        output[lane] = parts.high[lane];
        output[low + lane] = parts.low[lane];
      }
    }
  }
}

static void splitWeights(const float *weights, ptrdiff_t depth, unsigned short *output) {
  for (ptrdiff_t channel = 0; channel < depth; channel++, weights += LANES) {
    const Split parts = split(load(weights));
    unsigned short *pair = output + channel / 2 * 2 * LANES + channel % 2;
    for (ptrdiff_t lane = 0; lane < LANES; lane++) {
      pair[2 * lane] = parts.high[lane];
      pair[depth * LANES + 2 * lane] = parts.low[lane];
    }
  }
}

enum {
  TILE_ROWS = 16,
  /// Bytes from one row to the next of a tile of weights or of sums.
  TILE_STRIDE = 64,
  TILE_SUMS = TILE_ROWS * LANES,
  /// Tiles of pixels, and blocks of filters, that are multiplied with each other at one time.
  TILES_AT_ONCE = 2,
};

/// What a processor with AMX is told about its tiles, as it wants it.
struct TileConfiguration {
  unsigned char palette, startRow, reserved[14];
  unsigned short rowBytes[16];
  unsigned char rows[16];
};

// Which tile is for what.
#define SUM_TILE(tile, block) (2 * (tile) + (block))
#define PIXEL_TILE(tile) (4 + (tile))
#define WEIGHT_TILE(block) (6 + (block))

/// Neighbouring pixels of one row of the result.
typedef struct {
  ptrdiff_t row, first;
  /// Pixels in front that the tile before computes as well.
  ptrdiff_t known;
} PixelTile;

/// The sums of some tiles and blocks, `[tile][block][pixel][16]`. All loops over tiles and blocks have constant bounds and
/// vanish.
INLINE void addUpTiles(const struct KERNEL_NAME(split_convolution) *call, const int tiles, const int blocks,
                       const PixelTile *pixels, const unsigned short *weights, float *sums) {
  const unsigned short *first = call->input + pixels[0].row * call->inputRow + pixels[0].first * call->inputPixel;
  const unsigned short *second = call->input + pixels[1].row * call->inputRow + pixels[1].first * call->inputPixel;
  const ptrdiff_t pixelBytes = call->inputPixel * 2, panel = call->panel, lowWeights = call->depth * LANES;
  tileZero(SUM_TILE(0, 0));
  if (blocks > 1) tileZero(SUM_TILE(0, 1));
  if (tiles > 1) tileZero(SUM_TILE(1, 0));
  if (tiles > 1 && blocks > 1) tileZero(SUM_TILE(1, 1));
#define LOAD_WEIGHTS(part)                                                                                             \
  tileLoad(WEIGHT_TILE(0), weights + (part), TILE_STRIDE);                                                             \
  if (blocks > 1) tileLoad(WEIGHT_TILE(1), weights + panel + (part), TILE_STRIDE);
#define ADD_PRODUCTS(part)                                                                                             \
  tileLoad(PIXEL_TILE(0), first + cell + (part), pixelBytes);                                                          \
  tileMultiply(SUM_TILE(0, 0), PIXEL_TILE(0), WEIGHT_TILE(0));                                                         \
  if (blocks > 1) tileMultiply(SUM_TILE(0, 1), PIXEL_TILE(0), WEIGHT_TILE(1));                                         \
  if (tiles > 1) tileLoad(PIXEL_TILE(1), second + cell + (part), pixelBytes);                                          \
  if (tiles > 1) tileMultiply(SUM_TILE(1, 0), PIXEL_TILE(1), WEIGHT_TILE(0));                                          \
  if (tiles > 1 && blocks > 1) tileMultiply(SUM_TILE(1, 1), PIXEL_TILE(1), WEIGHT_TILE(1));
  for (ptrdiff_t chunk = 0; chunk < call->chunks; chunk++) {
    for (ptrdiff_t y = 0; y < call->kernelHeight; y++) {
      ptrdiff_t cell = chunk * call->inputChunk + y * call->tapRow;
      for (ptrdiff_t x = 0; x < call->kernelWidth; x++, cell += call->tapColumn, weights += 2 * lowWeights) {
        LOAD_WEIGHTS(0)
        ADD_PRODUCTS(call->low)
        ADD_PRODUCTS(0)
        LOAD_WEIGHTS(lowWeights)
        ADD_PRODUCTS(0)
      }
    }
  }
#undef LOAD_WEIGHTS
#undef ADD_PRODUCTS
  tileStore(SUM_TILE(0, 0), sums, TILE_STRIDE);
  if (blocks > 1) tileStore(SUM_TILE(0, 1), sums + TILE_SUMS, TILE_STRIDE);
  if (tiles > 1) tileStore(SUM_TILE(1, 0), sums + blocks * TILE_SUMS, TILE_STRIDE);
  if (tiles > 1 && blocks > 1) tileStore(SUM_TILE(1, 1), sums + (blocks + 1) * TILE_SUMS, TILE_STRIDE);
}

/// Writes the sums of one tile and block, with what comes behind them.
static void finishTile(const struct KERNEL_NAME(split_convolution) *call, PixelTile tile, ptrdiff_t width,
                       ptrdiff_t block, const float *sums) {
  const v16 bias = load(call->bias + block * LANES), lowest = all(call->lowest), highest = all(call->highest);
  const ptrdiff_t lanes = block == call->blocks - 1 ? call->lanes : LANES;
  for (ptrdiff_t p = tile.known; p < width; p++) {
    v16 x = load(sums + p * LANES) + bias;
    const ptrdiff_t pixel = tile.first + p;
    if (call->addend) x += load(call->addend + block * call->addendBlock + tile.row * call->addendRow + pixel * LANES);
    x = lower(raise(x, lowest), highest);
    float *to = call->output + block * call->outputBlock + tile.row * call->outputRow + pixel * call->outputPixel;
    if (lanes == LANES) {
      store(to, x);
    } else {
      storeLanes(to, x, 0, lanes);
    }
  }
}

static void convolveSplit(const struct KERNEL_NAME(split_convolution) *call) {
  ptrdiff_t rows = call->rows, pixels = call->pixels;
  if (call->inputRow == pixels * call->inputPixel && call->outputRow == pixels * call->outputPixel &&
      (!call->addend || call->addendRow == pixels * LANES)) {
    // The rows follow each other without a gap: they are one.
    pixels *= rows;
    rows = 1;
  }
  // All tiles of a row are equally wide; the last may begin before the one in front of it ends.
  const ptrdiff_t count = (pixels + TILE_ROWS - 1) / TILE_ROWS, width = (pixels + count - 1) / count;
  struct TileConfiguration configuration = {.palette = 1};
  for (int tile = 0; tile < 8; tile++) {
    configuration.rows[tile] = (unsigned char)(tile < WEIGHT_TILE(0) ? width : call->depth / 2);
    configuration.rowBytes[tile] =
        (unsigned short)(PIXEL_TILE(0) <= tile && tile < WEIGHT_TILE(0) ? 2 * call->depth : TILE_STRIDE);
  }
  tileConfigure(&configuration);
  float sums[TILES_AT_ONCE * TILES_AT_ONCE * TILE_SUMS] __attribute__((aligned(64)));
  for (ptrdiff_t block = 0; block < call->blocks; block += TILES_AT_ONCE) {
    const ptrdiff_t blocks = call->blocks - block > 1 ? 2 : 1;
    const unsigned short *weights = call->weights + block * call->panel;
    for (ptrdiff_t first = 0; first < rows * count; first += TILES_AT_ONCE) {
      const ptrdiff_t tiles = rows * count - first > 1 ? 2 : 1;
      PixelTile positions[TILES_AT_ONCE] = {{0}};
      for (ptrdiff_t tile = 0; tile < tiles; tile++) {
        const ptrdiff_t begin = (first + tile) % count * width;
        const ptrdiff_t known = begin + width > pixels ? begin + width - pixels : 0;
        positions[tile] = (PixelTile){(first + tile) / count, begin - known, known};
      }
      if (tiles > 1) {
        if (blocks > 1) {
          addUpTiles(call, 2, 2, positions, weights, sums);
        } else {
          addUpTiles(call, 2, 1, positions, weights, sums);
        }
      } else if (blocks > 1) {
        addUpTiles(call, 1, 2, positions, weights, sums);
      } else {
        addUpTiles(call, 1, 1, positions, weights, sums);
      }
      for (ptrdiff_t tile = 0; tile < tiles; tile++) {
        for (ptrdiff_t b = 0; b < blocks; b++)
          finishTile(call, positions[tile], width, block + b, sums + (tile * blocks + b) * TILE_SUMS);
      }
    }
  }
  tileRelease();
}

static const struct KERNEL_NAME(split_table) splitTable = {
    .name = SPLIT_PATH,
    .split = splitPixels,
    .splitWeights = splitWeights,
    .convolve = convolveSplit,
};
