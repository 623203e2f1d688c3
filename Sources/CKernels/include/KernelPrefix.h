/// What the name of every symbol and every tag of these kernels begins with.
///
/// A generated package has a copy of this file with a prefix of its own, and only this file differs: so its kernels, those
/// of other packages and those of the compiler can be linked into one program.
#pragma once

#define KERNEL_PREFIX modelc
