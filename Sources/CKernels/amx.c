// Convolutions of split values for x86 processors with AMX, which multiply tiles of bf16 numbers.
// For `syscall`, which C's own standard does not have.
#define _GNU_SOURCE

#include "CKernels.h"

#if defined(__x86_64__) && defined(__linux__)

#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("amx-tile,amx-bf16,avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)

#define SPLIT_PATH "amx"
#define tileConfigure(configuration) _tile_loadconfig(configuration)
#define tileZero(tile) _tile_zero(tile)
#define tileLoad(tile, from, stride) _tile_loadd(tile, from, stride)
#define tileMultiply(sums, left, right) _tile_dpbf16ps(sums, left, right)
#define tileStore(tile, to, stride) _tile_stored(tile, to, stride)
#define tileRelease() _tile_release()

#include "split.h"

#pragma clang attribute pop

/// Whether the processor multiplies tiles of bf16 numbers.
static int hasTiles(void) {
  unsigned a, b, c, d;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & bit_AMXTILE) && (d & bit_AMXBF16);
}

/// Whether the system keeps tiles for each thread.
__attribute__((target("xsave"))) static int keepsTiles(void) {
  const unsigned long long tiles = 3 << 17;
  unsigned a, b, c, d;
  return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_OSXSAVE) && (_xgetbv(0) & tiles) == tiles;
}

/// Asks Linux to let this process's threads use tiles.
static int mayUseTiles(void) {
  const long requestPermission = 0x1023, tileData = 18;
  return syscall(SYS_arch_prctl, requestPermission, tileData) == 0;
}

const struct KERNEL_NAME(split_table) *KERNEL_NAME(amx_kernels)(void) {
  return KERNEL_NAME(avx512_kernels)() && hasTiles() && keepsTiles() && mayUseTiles() ? &splitTable : NULL;
}

#else

const struct KERNEL_NAME(split_table) *KERNEL_NAME(amx_kernels)(void) {
  return NULL;
}

#endif
