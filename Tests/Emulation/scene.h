// Numbers that look random, memory whose ends are guarded, and results beside what they should be.
#pragma once

#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "CKernels.h"

typedef ptrdiff_t Count;

enum { LANES = 16 };

// MARK: Dice

static uint64_t diceState;

static void seedDice(uint64_t seed, uint64_t function, uint64_t geometry) {
  diceState = (seed * 1000003 + function) * 0x9E3779B97F4A7C15 + geometry * 0xD1B54A32D192ED03 + 1;
}

static uint64_t nextBits(void) {
  uint64_t z = diceState += 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

static Count roll(Count least, Count most) {
  return least + (Count)(nextBits() % (uint64_t)(most - least + 1));
}

static int flip(void) {
  return (int)roll(0, 1);
}

/// From -1 to 1.
static float value(void) {
  return (float)((double)(nextBits() >> 11) * 0x1p-52 - 1.0);
}

/// Any float: small ones, ones of any exponent, and those where functions have edges.
static float anyValue(void) {
  static const float edges[] = {
      INFINITY, -INFINITY, NAN,    0.0f,   -0.0f,  1.0f,   -1.0f,   2.0f,    -2.0f,      3.0f,      -3.0f, 0.5f,
      -0.5f,    3.4028235e38f, -3.4028235e38f, 1e-45f, -1e-45f, 88.7f,  89.0f,   -87.5f,  -103.9f, -104.1f,    1e30f,      -1e30f,
      16777215.0f, -16777215.0f, 16777216.0f, 1.17549435e-38f, 1e-10f, 0.625f, 0.41421356f,
  };
  switch (roll(0, 5)) {
    case 0: return edges[roll(0, (Count)(sizeof edges / sizeof *edges) - 1)];
    case 1: return ldexpf(1 + fabsf(value()), (int)roll(-40, 6)) * (flip() ? 1 : -1);
    default: return 20 * value();
  }
}

// MARK: Memory

enum {
  SLOTS = 8,
  SLOT_BYTES = 1 << 21,
  /// Bytes on either side of a result that nobody may write.
  GUARD_BYTES = 512,
};

static char *slots[SLOTS];

/// Slots with pages between them that nobody may touch.
static void makeSlots(void) {
  const size_t page = (size_t)sysconf(_SC_PAGESIZE);
  char *memory = mmap(NULL, SLOTS * (SLOT_BYTES + page) + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) abort();
  for (int slot = 0; slot < SLOTS; slot++) {
    slots[slot] = memory + page + (size_t)slot * (SLOT_BYTES + page);
    if (mprotect(slots[slot], SLOT_BYTES, PROT_READ | PROT_WRITE)) abort();
  }
}

/// So many bytes that end, or begin, where nobody may read.
static char *atAnEnd(int slot, size_t bytes) {
  if (bytes > SLOT_BYTES) abort();
  return flip() ? slots[slot] : slots[slot] + SLOT_BYTES - bytes;
}

/// Floats to read, from -1 to 1.
static float *numbers(int slot, Count count) {
  float *floats = (float *)atAnEnd(slot, (size_t)count * sizeof(float));
  for (Count i = 0; i < count; i++) floats[i] = value();
  return floats;
}

/// Now and then makes some of the floats infinite or NaN. Floats that nobody reads may be among them.
static void poison(float *floats, Count count) {
  if (roll(0, 3) || count == 0) return;
  for (Count n = roll(1, 3); n > 0; n--) floats[roll(0, count - 1)] = (const float[]){NAN, INFINITY, -INFINITY}[roll(0, 2)];
}

// MARK: Results

enum Fate {
  /// Must stay as it is.
  KEPT,
  /// Must become what is expected.
  EXPECTED,
  /// May become anything.
  FREE,
};

/// Memory that a kernel writes, all of it NaN at first.
struct Result {
  float *floats;
  Count count;
};

enum { MOST_FLOATS = SLOT_BYTES / 4 };

static struct Result result;
static unsigned char fates[MOST_FLOATS];
static double expectedValues[MOST_FLOATS], tolerances[MOST_FLOATS];
static char before[SLOT_BYTES];

/// Room for so many floats that a kernel writes, guarded on both sides.
static float *room(Count count) {
  const size_t bytes = (size_t)count * sizeof(float) + 2 * GUARD_BYTES;
  char *start = atAnEnd(0, bytes);
  result = (struct Result){(float *)(start + GUARD_BYTES), count};
  for (size_t i = 0; i < bytes / 4; i++) ((uint32_t *)start)[i] = 0x7fc0dead;
  memset(fates, KEPT, (size_t)count);
  return result.floats;
}

/// What the float at a place must become.
static void expect(const float *place, double expected, double tolerance) {
  const Count i = place - result.floats;
  if (i < 0 || i >= result.count) abort();
  fates[i] = EXPECTED;
  expectedValues[i] = expected;
  tolerances[i] = isfinite(tolerance) ? tolerance : 0;
}

/// A sum of float operations may be off by so much of the sum of its terms' magnitudes.
static const double ofMagnitude = 2e-6;

static void expectSum(const float *place, double sum, double magnitude) {
  expect(place, sum, ofMagnitude * magnitude + 1e-30);
}

/// The double nearest to what a float operation gives is known: the float must be it.
static void expectExactly(const float *place, double value) {
  expect(place, (float)value, 0);
}

static void leaveFree(const float *place) {
  fates[place - result.floats] = FREE;
}

/// All that will be looked at stands; the kernel may run.
static void remember(void) {
  memcpy(before, (char *)result.floats - GUARD_BYTES, (size_t)result.count * sizeof(float) + 2 * GUARD_BYTES);
}

// MARK: What was found

struct Function {
  const char *name;
  /// Makes a geometry, runs the function and judges what it wrote.
  void (*check)(void);
};

/// What the table of the function calls itself.
static const char *path;
static const struct KERNEL_NAME(table) *table;
static const struct Function *function;
static long geometry, seed, failures;
/// The largest error as a share of the tolerance, and what all results that are expected come to.
static double worst;
static uint64_t digest;
static char geometryText[512];

static void describe(const char *format, ...) {
  va_list words;
  va_start(words, format);
  vsnprintf(geometryText, sizeof geometryText, format, words);
  va_end(words);
}

/// A failure of the function that is being checked.
static void fail(const char *format, ...) {
  if (failures++ >= 20) return;
  printf("wrong\t%s %s, seed %ld, geometry %ld (%s): ", path, function->name, seed, geometry, geometryText);
  va_list words;
  va_start(words, format);
  vprintf(format, words);
  va_end(words);
  printf("\n");
}

static void mix(uint64_t bits) {
  digest = (digest ^ bits) * 0x100000001B3;
}

/// Whether it is what was expected; an error counts as a share of the tolerance.
static int accepts(double found, double expected, double tolerance) {
  if (isnan(expected)) return isnan(found);
  if (isinf(expected)) return found == expected;
  if (found == expected) return 1;
  const double error = fabs(found - expected) / tolerance;
  if (error > worst) worst = error;
  return error <= 1;
}

/// Looks at each float of the result and around it.
static void judge(void) {
  const uint32_t *then = (const uint32_t *)before;
  const uint32_t *now = (const uint32_t *)((char *)result.floats - GUARD_BYTES);
  const Count guard = GUARD_BYTES / 4;
  for (Count i = -guard; i < result.count + guard; i++) {
    const int isInside = i >= 0 && i < result.count;
    if (isInside && fates[i] == FREE) continue;
    if (!isInside || fates[i] == KEPT) {
      if (now[guard + i] == then[guard + i]) continue;
      fail("float %td of %td, which is not the function's, was written", i, result.count);
      return;
    }
    const float found = result.floats[i];
    mix(isnan(found) ? 0x7fc00000 : now[guard + i]);
    if (accepts(found, expectedValues[i], tolerances[i])) continue;
    fail("float %td of %td is %.9g, not %.9g within %.3g", i, result.count, (double)found, expectedValues[i], tolerances[i]);
    return;
  }
}
