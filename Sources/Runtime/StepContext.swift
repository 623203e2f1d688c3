/// What a step needs while it runs: memory, the batch, the kernels for this processor.
///
/// Pointers are made in one place, `Program.run`, from shapes and sizes proven equal.
@safe package struct StepContext {
  /// Aligned to 64 bytes; at least `arenaSize * batch` floats.
  @unsafe package let arena: UnsafeMutablePointer<Float>
  @unsafe package let inputs: [UnsafePointer<Float>]
  @unsafe package let outputs: [UnsafeMutablePointer<Float>]
  package let batch: Int
  package let kernels: Kernels

  @unsafe package init(
    arena: UnsafeMutablePointer<Float>, inputs: [UnsafePointer<Float>], outputs: [UnsafeMutablePointer<Float>],
    batch: Int, kernels: Kernels
  ) {
    unsafe self.arena = arena
    unsafe self.inputs = inputs
    unsafe self.outputs = outputs
    self.batch = batch
    self.kernels = kernels
  }
}
