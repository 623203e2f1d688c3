import Spelling
import Testing

@Suite struct NearestNameTests {
  static let names = [
    "padding", "strides", "activation", "kernel_size", "filters", "use_bias", "MaxPooling2D", "AveragePooling2D",
    "Conv2D",
    "Conv1D", "Dense", "n", "same", "valid",
  ]

  @Test(
    arguments: [
      ("apdding", "padding"), ("paddin", "padding"), ("stride", "strides"), ("kernelSize", "kernel_size"),
      ("max_pooling_2d", "MaxPooling2D"), ("maxpool2D", "MaxPooling2D"), ("AvgPooling2D", "AveragePooling2D"),
      ("conv2d", "Conv2D"),
      ("Conv3D", "Conv1D"), ("dens", "Dense"), ("x", nil), ("N", "n"), ("nn", nil), ("smae", "same"), ("dilation", nil),
      ("", nil),
      ("activation_function", nil), ("_padding_", "padding"),
    ] as [(String, String?)])
  func finds(_ name: String, _ expected: String?) {
    #expect(nearest(name, among: Self.names) == expected)
    #expect(nearest(name, among: Self.names.reversed()) == expected)
  }

  @Test(
    arguments: [
      ("eelu", ["relu"], "relu"), ("eelu", [], "elu"), ("erlu", ["relu"], "relu"), ("Don", ["Down"], "Down"),
      ("Don", [], "Dot"),
      ("elu", ["relu"], "elu"),
    ] as [(String, Set<String>, String)])
  func favoursWhatIsUsedAlready(_ name: String, _ favourites: Set<String>, _ expected: String) {
    let names = ["relu", "elu", "selu", "Dot", "Down"]
    #expect(nearest(name, among: names, favouring: favourites) == expected)
    #expect(nearest(name, among: names.reversed(), favouring: favourites) == expected)
  }

  @Test func longNamesAreNotCompared() {
    let long = String(repeating: "a", count: 65)
    #expect(nearest(long, among: [long]) == nil)
    #expect(nearest(String(long.dropLast()), among: [String(long.dropLast(2))]) != nil)
  }
}
