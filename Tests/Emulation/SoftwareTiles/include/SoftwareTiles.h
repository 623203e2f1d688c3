/// The kernels for convolutions of split values on tiles that are computed in plain C, so that they can be checked on
/// processors without AMX.
#pragma once

#include "CKernels.h"

#pragma clang assume_nonnull begin

/// Ends the process where AMX would raise an exception, and where a product's tiles do not fit each other.
const struct KERNEL_NAME(split_table) *KERNEL_NAME(software_split_kernels)(void) KERNEL_SWIFT("softwareSplitKernels()");

#pragma clang assume_nonnull end
