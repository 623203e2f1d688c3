/// The file that finds the packed weights that are built in.
struct EmbeddedWeightsFile {
  let names: PackageNames
  let source: String

  var text: String {
    let lines = """
      package import \(names.runtime)
      import \(names.weights)

      /// The weights that are built into this library, packed for any processor.
      package enum EmbeddedWeights {
        /// Constant memory of the executable, which nobody frees or changes.
        package static let packed = unsafe PackedWeights(
          embedded: UnsafeRawBufferPointer(start: \(names.model)_weights(), count: \(names.model)_weights_size()))
      }
      """
    return SwiftFile.text([lines], source: source)
  }
}
