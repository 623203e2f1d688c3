/// The C target that builds the packed weights into the library: `#embed` takes seconds where a literal takes hours.
struct WeightsTarget {
  let names: PackageNames
  let weights: [UInt8]

  func add(to files: inout PackageFiles) {
    let folder = "Sources/\(names.weights)"
    files.add("\(folder)/weights.packed", weights)
    files.add("\(folder)/include/\(names.weights).h", header)
    files.add("\(folder)/weights.c", source)
  }

  private var header: String {
    """
    #pragma once

    #include <stddef.h>

    #pragma clang assume_nonnull begin

    /// The packed weights: floats in the order in which the steps take them.
    const void *\(names.model)_weights(void);
    /// How many bytes it has.
    size_t \(names.model)_weights_size(void);

    #pragma clang assume_nonnull end

    """
  }

  /// The checksum is there for build systems: new weights change a source file.
  private var source: String {
    """
    #include "\(names.weights).h"

    // weights.packed, FNV-1a \(Checksum.text(Checksum.of(weights)))
    _Alignas(64) static const unsigned char weights[] = {
    #embed "weights.packed"
    };

    const void *\(names.model)_weights(void) { return weights; }

    size_t \(names.model)_weights_size(void) { return sizeof weights; }

    """
  }
}
