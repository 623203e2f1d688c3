import CKernels

/// What a step needs while it runs: memory, the batch, the kernels for this processor.
///
/// Pointers are made in one place, `RunMemory`, from shapes and sizes proven equal.
@safe package struct StepContext {
  /// Aligned to 64 bytes; at least as many floats as the steps' tensors take for the batch.
  @unsafe package let arena: UnsafeMutablePointer<Float>
  @unsafe package let inputs: [UnsafePointer<Float>]
  @unsafe package let outputs: [UnsafeMutablePointer<Float>]
  /// Aligned to 64 bytes; what `division` says for each thread, and behind it what they share.
  @unsafe private let scratch: UnsafeMutablePointer<Float>
  private let division: Scratch
  package let load: Load
  package let kernels: Kernels

  @unsafe package init(
    arena: UnsafeMutablePointer<Float>, inputs: [UnsafePointer<Float>], outputs: [UnsafeMutablePointer<Float>],
    scratch: UnsafeMutablePointer<Float>, dividedAs division: Scratch, load: Load, kernels: Kernels
  ) {
    unsafe self.arena = unsafe arena
    unsafe self.inputs = unsafe inputs
    unsafe self.outputs = unsafe outputs
    unsafe self.scratch = unsafe scratch
    self.division = division
    self.load = load
    self.kernels = kernels
  }

  package var batch: Int { load.batch }

  /// At least as much as the step asked for, of a thread.
  package func scratch(of worker: Int) -> UnsafeMutablePointer<Float> { unsafe scratch + worker * division.own }

  /// At least as much as the step asked for, of all threads together.
  package var sharedScratch: UnsafeMutablePointer<Float> { unsafe scratch + load.threads * division.own }
}

extension StepContext {
  /// The first pixel of a block of a map, border not counted.
  @inline(__always)
  func pixels(_ map: FeatureMap, example: Int, block: Int) -> UnsafeMutablePointer<Float> {
    unsafe arena
      + (map.place.offset * batch + example * map.place.stride + (map.firstBlock + block) * map.blockStride
        + map.border.top * map.rowStride + map.border.left * map.pixelStride)
  }

  /// Zeroes the border around some rows of a block: left and right of them, above the first row and below the last.
  func clearBorder(_ map: FeatureMap, example: Int, block: Int, rows: Range<Int>) {
    let border = map.border
    if border == Border() { return }
    let clear = unsafe kernels.table.pointee.clear
    let first = unsafe pixels(map, example: example, block: block)
    let left = border.left * map.pixelStride
    if rows.lowerBound == 0 {
      unsafe clear(first - left - border.top * map.rowStride, border.top * map.rowStride)
    }
    for row in rows {
      let start = unsafe first + row * map.rowStride
      unsafe clear(start - left, left)
      unsafe clear(start + map.width * map.pixelStride, border.right * map.pixelStride)
    }
    if rows.upperBound == map.height {
      unsafe clear(first - left + map.height * map.rowStride, border.bottom * map.rowStride)
    }
  }
}
