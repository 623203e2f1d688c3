#include "SoftwareTiles.h"

#pragma STDC FP_CONTRACT OFF

#include "tiles.h"

#define SPLIT_PATH "software"

#include "../../../Sources/CKernels/split.h"

const struct KERNEL_NAME(split_table) *KERNEL_NAME(software_split_kernels)(void) {
  return &splitTable;
}
