/// The file that makes weights of the bytes that are built in.
struct EmbeddedWeightsFile {
  let names: PackageNames
  let source: String

  var text: String {
    let lines = """
      package import \(names.runtime)
      import \(names.weights)

      /// The weights that are built into this library.
      package enum EmbeddedWeights {
        package static func store() throws(FormatProblem) -> WeightStore {
          // Constant memory of the executable, which nobody frees or changes.
          let bytes = unsafe UnsafeRawBufferPointer(start: \(names.model)_weights(), count: \(names.model)_weights_size())
          return try unsafe WeightStore(embedded: bytes)
        }
      }
      """
    return SwiftFile.text([lines], source: source)
  }
}
