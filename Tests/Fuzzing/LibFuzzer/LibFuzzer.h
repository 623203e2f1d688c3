// What is used of libFuzzer. Source: https://llvm.org/docs/LibFuzzer.html
#ifndef LIBFUZZER_H
#define LIBFUZZER_H

#include <stddef.h>
#include <stdint.h>

/// Reads libFuzzer's options from the arguments and calls `test` with one input after the other; 0 if all went well.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test)(const uint8_t *data, size_t size));

/// Changes the first `size` bytes at random, those of the dictionary and of compared values among the changes; gives the
/// new size, at most `capacity`.
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t capacity);

#endif
