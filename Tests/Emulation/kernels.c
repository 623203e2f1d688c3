// Compares every function of every table of kernels that this processor can run with plain sums in double; those of split
// values on tiles that are computed in plain C, and on AMX if there is one.
//
// usage: kernels GEOMETRIES SEED
//
// Prints a line for each table and function, in columns: path, function, geometries, the largest error as a share of what
// is allowed, and what the bits of all results come to, NaN being all the same. A line for each difference stands before
// it, and begins with "wrong". The exit code is 1 if there is any.
#include "convolutions.h"
#include "elementwise.h"
#include "maps.h"
#include "scene.h"
#include "splits.h"

#define FUNCTION(name) {#name, check_##name}

static const struct Function functions[] = {
    {"convolve", checkConvolve},
    {"convolveDepthwise", checkConvolveDepthwise},
    {"transformTiles", checkTransformTiles},
    {"gatherTiles", checkGatherTiles},
    FUNCTION(poolMaximum),
    FUNCTION(poolMean),
    FUNCTION(poolMeanPadded),
    FUNCTION(relu),
    FUNCTION(elu),
    FUNCTION(sigmoid),
    FUNCTION(tanh),
    FUNCTION(silu),
    FUNCTION(softplus),
    FUNCTION(softsign),
    FUNCTION(exponential),
    FUNCTION(mish),
    FUNCTION(selu),
    FUNCTION(hardSigmoid),
    FUNCTION(hardSilu),
    FUNCTION(gelu),
    FUNCTION(geluApproximate),
    FUNCTION(absolute),
    FUNCTION(negative),
    FUNCTION(square),
    FUNCTION(squareRoot),
    FUNCTION(reciprocalSquareRoot),
    FUNCTION(logarithm),
    FUNCTION(add),
    FUNCTION(subtract),
    FUNCTION(multiply),
    FUNCTION(divide),
    FUNCTION(maximum),
    FUNCTION(minimum),
    FUNCTION(power),
    FUNCTION(parametricRelu),
    FUNCTION(total),
    FUNCTION(greatest),
    FUNCTION(least),
    FUNCTION(scaleRows),
    FUNCTION(scale),
    FUNCTION(softmax),
    FUNCTION(addUp),
    FUNCTION(addUpSquares),
    FUNCTION(normalizeLanes),
    FUNCTION(normalizeRow),
    FUNCTION(normalizePixels),
    FUNCTION(normalizeResponse),
    FUNCTION(resample),
    FUNCTION(move),
    FUNCTION(widen),
    FUNCTION(clear),
};

enum { FUNCTIONS = sizeof functions / sizeof *functions };
_Static_assert(sizeof(struct KERNEL_NAME(table)) == sizeof(const char *) + FUNCTIONS * sizeof(void (*)(void)),
               "every function of the table is checked");

static const struct Function splitFunctions[] = {
    {"split", checkSplit},
    {"splitWeights", checkSplitWeights},
    {"splitConvolve", checkSplitConvolve},
};

enum { SPLIT_FUNCTIONS = sizeof splitFunctions / sizeof *splitFunctions };
_Static_assert(sizeof(struct KERNEL_NAME(split_table)) == sizeof(const char *) + SPLIT_FUNCTIONS * sizeof(void (*)(void)),
               "every function of the table is checked");

static sigjmp_buf trap;

static void caught(int number) {
  siglongjmp(trap, number);
}

/// Whether all functions of a path are as they should be.
static int checkPath(const char *name, const struct Function *functions, int count, long geometries) {
  path = name;
  long all = 0;
  for (int i = 0; i < count; i++) {
    function = &functions[i];
    failures = 0;
    worst = 0;
    digest = 0xCBF29CE484222325;
    for (geometry = 0; geometry < geometries; geometry++) {
      seedDice((uint64_t)seed, (uint64_t)i, (uint64_t)geometry);
      const int number = sigsetjmp(trap, 1);
      if (number == 0) {
        function->check();
      } else {
        fail("it was stopped by signal %d: memory that is not the function's was touched, or what it does is not defined", number);
      }
    }
    printf("%s\t%s\t%ld\t%.3f\t%016llx\n", path, function->name, geometries, worst, (unsigned long long)digest);
    fflush(stdout);
    all += failures;
  }
  return all == 0;
}

int main(int count, char **words) {
  if (count != 3) {
    fprintf(stderr, "usage: kernels GEOMETRIES SEED\n");
    return 2;
  }
  const long geometries = strtol(words[1], NULL, 10);
  seed = strtol(words[2], NULL, 10);
  makeSlots();
  const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE};
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
    sigaction(signals[i], &(struct sigaction){.sa_handler = caught}, NULL);
  const struct KERNEL_NAME(table) *tables[] = {
      KERNEL_NAME(portable_kernels)(), KERNEL_NAME(avx2_kernels)(), KERNEL_NAME(avx512_kernels)(), KERNEL_NAME(neon_kernels)(),
  };
  int isRight = 1;
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
    table = tables[i];
    if (table) isRight &= checkPath(table->name, functions, FUNCTIONS, geometries);
  }
  const struct KERNEL_NAME(split_table) *splitTables[] = {KERNEL_NAME(software_split_kernels)(), KERNEL_NAME(amx_kernels)()};
  for (size_t i = 0; i < sizeof splitTables / sizeof *splitTables; i++) {
    splits = splitTables[i];
    if (splits) isRight &= checkPath(splits->name, splitFunctions, SPLIT_FUNCTIONS, geometries);
  }
  return isRight ? 0 : 1;
}
