// AMX's tiles in plain C, as Intel's manual has them: eight for each thread, of at most 16 rows of 64 bytes.
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TILES = 8, MOST_ROWS = 16, MOST_WORDS = 16, MOST_BYTES = 4 * MOST_WORDS };

/// Four bytes: a float, or two bf16 numbers.
typedef union {
  unsigned bits;
  float number;
} Word;

static _Thread_local struct {
  int isConfigured;
  /// Zero for tiles that are not there.
  int rows[TILES], rowBytes[TILES];
  Word data[TILES][MOST_ROWS][MOST_WORDS];
} tiles;

/// Ends the process if something that must be is not.
#define MUST_BE(condition)                                                    \
  if (!(condition)) {                                                         \
    fprintf(stderr, "software tiles, %s: not so: %s\n", __func__, #condition); \
    abort();                                                                  \
  }

static int isThere(int tile) {
  return tiles.isConfigured && 0 <= tile && tile < TILES && tiles.rows[tile] > 0;
}

/// - `configuration`: 64 bytes.
static void tileConfigure(const void *configuration) {
  // Released after the last use: a thread that goes on without need not keep them.
  MUST_BE(!tiles.isConfigured);
  const unsigned char *bytes = configuration;
  MUST_BE(bytes[0] == 1 && bytes[1] == 0);
  for (int i = 2; i < 16; i++) MUST_BE(bytes[i] == 0);
  memset(&tiles, 0, sizeof tiles);
  for (int tile = 0; tile < 16; tile++) {
    const int rowBytes = bytes[16 + 2 * tile] + 256 * bytes[17 + 2 * tile], rows = bytes[48 + tile];
    MUST_BE(rows <= MOST_ROWS && rowBytes <= MOST_BYTES && (rows == 0) == (rowBytes == 0));
    MUST_BE(tile < TILES || rows == 0);
    if (tile >= TILES) continue;
    tiles.rows[tile] = rows;
    tiles.rowBytes[tile] = rowBytes;
  }
  tiles.isConfigured = 1;
}

static void tileRelease(void) {
  MUST_BE(tiles.isConfigured);
  memset(&tiles, 0, sizeof tiles);
}

static void tileZero(int tile) {
  MUST_BE(isThere(tile));
  memset(tiles.data[tile], 0, sizeof tiles.data[tile]);
}

static void tileLoad(int tile, const void *from, ptrdiff_t stride) {
  MUST_BE(isThere(tile));
  tileZero(tile);
  for (int row = 0; row < tiles.rows[tile]; row++)
    memcpy(tiles.data[tile][row], (const char *)from + row * stride, (size_t)tiles.rowBytes[tile]);
}

static void tileStore(int tile, void *to, ptrdiff_t stride) {
  MUST_BE(isThere(tile));
  for (int row = 0; row < tiles.rows[tile]; row++)
    memcpy((char *)to + row * stride, tiles.data[tile][row], (size_t)tiles.rowBytes[tile]);
}

/// Numbers too small for a normal float are taken for zero.
static inline float flushed(float x) {
  return __builtin_fabsf(x) < 0x1p-126f ? 0 : x;
}

/// What a bf16 number stands for, given at the upper end of a word.
static inline float fromUpperHalf(unsigned bits) {
  return flushed((Word){bits & 0xffff0000}.number);
}

/// TDPBF16PS: even and odd products are added up apart. They are exact in a float, so that adding rounds once.
static void tileMultiply(int sums, int left, int right) {
  MUST_BE(isThere(sums) && isThere(left) && isThere(right) && sums != left && sums != right && left != right);
  MUST_BE(tiles.rows[left] == tiles.rows[sums] && tiles.rowBytes[right] == tiles.rowBytes[sums]);
  MUST_BE(tiles.rowBytes[left] == 4 * tiles.rows[right] && tiles.rowBytes[sums] % 4 == 0);
  for (int row = 0; row < tiles.rows[sums]; row++) {
    float even[MOST_WORDS] = {0}, odd[MOST_WORDS] = {0};
    for (int pair = 0; pair < tiles.rows[right]; pair++) {
      const unsigned bits = tiles.data[left][row][pair].bits;
      const float x = fromUpperHalf(bits << 16), y = fromUpperHalf(bits);
      for (int column = 0; column < MOST_WORDS; column++) {
        const unsigned weights = tiles.data[right][pair][column].bits;
        even[column] = flushed(even[column] + x * fromUpperHalf(weights << 16));
        odd[column] = flushed(odd[column] + y * fromUpperHalf(weights));
      }
    }
    for (int column = 0; column < tiles.rowBytes[sums] / 4; column++) {
      float *sum = &tiles.data[sums][row][column].number;
      *sum = flushed(*sum + flushed(even[column] + odd[column]));
    }
  }
}
