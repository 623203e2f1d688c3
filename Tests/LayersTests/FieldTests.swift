import Operations
import Testing

@testable import Layers

/// What part of its input one value of each layer depends on.
@Suite struct FieldTests {
  private func field(_ name: String, _ arguments: [Argument] = [], _ input: Shape = Shape("N", 8, 8, 4)) throws
    -> ReceptiveField
  {
    try layer(name, arguments).field([input])
  }

  private func integers(_ name: String, _ values: Int...) -> Argument {
    Argument(name, values.count == 1 ? .integer(values[0]) : .list(values.map { .integer($0) }))
  }

  @Test func windowsKeepTheirReach() throws {
    let kernel = [integers("filters", 4), integers("kernel_size", 3, 5), integers("dilation_rate", 2)]
    #expect(try field("Conv2D", kernel) == .window(size: [5, 9], strides: [1, 1]))
    #expect(try field("MaxPooling2D", [integers("pool_size", 3)]) == .window(size: [3, 3], strides: [3, 3]))
    #expect(
      try field("AveragePooling2D", [integers("pool_size", 3), integers("strides", 1, 2)])
        == .window(size: [3, 3], strides: [1, 2]))
    #expect(
      try field("DepthwiseConv2D", [integers("kernel_size", 3), integers("strides", 2)])
        == .window(size: [3, 3], strides: [2, 2]))
    #expect(
      try field("SeparableConv2D", [integers("filters", 4), integers("kernel_size", 3)])
        == .window(size: [3, 3], strides: [1, 1]))
    // A row has no places beside its values: each depends on all of them.
    let shares = [integers("units", 4), Argument("activation", .word("softmax", []))]
    #expect(try field("Dense", shares, Shape("N", 5)) == .everything)
    #expect(try field("Dense", shares, Shape("N", 3, 5)) == .pixel)
    let places = Argument("activation", .word("softmax", [integers("axis", 1)]))
    #expect(try field("Conv2D", [integers("filters", 4), integers("kernel_size", 1), places]) == .everything)
  }

  @Test func enlargementsLookAtFewPixels() throws {
    #expect(try field("UpSampling2D") == .window(size: [1, 1], strides: [1, 1], enlargement: [2, 2]))
    let mixed = [integers("size", 1, 3), Argument("interpolation", .word("bilinear", []))]
    #expect(try field("UpSampling2D", mixed) == .window(size: [1, 2], strides: [1, 1], enlargement: [1, 3]))
    let smooth = [integers("size", 2), Argument("interpolation", .word("lanczos5", []))]
    #expect(try field("UpSampling2D", smooth) == .window(size: [10, 10], strides: [1, 1], enlargement: [2, 2]))
    let transposed = [integers("filters", 4), integers("kernel_size", 3, 4), integers("strides", 2)]
    #expect(try field("Conv2DTranspose", transposed) == .window(size: [2, 2], strides: [1, 1], enlargement: [2, 2]))
    let narrow = [integers("filters", 4), integers("kernel_size", 2), integers("strides", 3)]
    #expect(try field("Conv2DTranspose", narrow) == .window(size: [1, 1], strides: [1, 1], enlargement: [3, 3]))
  }

  /// Strides are what there was for each pixel of the result.
  @Test func resizedMapsLookAtTheirShare() throws {
    let size = [integers("height", 8), integers("width", 12)]
    #expect(try field("Resizing", size) == .window(size: [1, 2], strides: [8, 8], enlargement: [8, 12]))
    let small = [
      integers("height", 3), integers("width", 3), Argument("interpolation", .word("bicubic", [])),
      Argument("antialias", .boolean(true)),
    ]
    #expect(try field("Resizing", small) == .window(size: [12, 12], strides: [8, 8], enlargement: [3, 3]))
    let wide = [integers("height", 4), integers("width", 8), Argument("crop_to_aspect_ratio", .boolean(true))]
    #expect(try field("Resizing", wide) == .window(size: [1, 1], strides: [4, 8], enlargement: [4, 8]))
    #expect(try field("Resizing", size, Shape("N", "H", "W", 4)) == .everything)
    // 3 windows of 8 rows begin at 0, 2 and 5 and end at 3, 6 and 8; 4 are side by side.
    for name in ["AdaptiveAveragePooling2D", "AdaptiveMaxPooling2D"] {
      let parts = [integers("output_size", 3, 4)]
      #expect(try field(name, parts) == .window(size: [4, 2], strides: [8, 8], enlargement: [3, 4]))
      #expect(try field(name, parts, Shape("N", "H", "W", 4)) == .everything)
    }
  }

  /// Height and width stay in order before or behind the rest, or else each value may come from anywhere.
  @Test(arguments: [
    ([1, 2, 3], true), ([3, 1, 2], true), ([2, 3, 1], true), ([2, 1, 3], false), ([1, 3, 2], false),
    ([3, 2, 1], false),
  ])
  func axesInAnotherOrder(dims: [Int], staysPixel: Bool) throws {
    let order = Argument("dims", .list(dims.map { .integer($0) }))
    #expect(try field("Permute", [order]) == (staysPixel ? .pixel : .everything))
  }

  @Test func pixelsStayPixels() throws {
    for name in ["ReLU", "BatchNormalization", "ZeroPadding2D", "Cropping2D", "LayerNormalization", "PReLU", "Softmax"]
    {
      #expect(try field(name) == .pixel, "\(name)")
    }
    #expect(try field("Dense", [integers("units", 3)]) == .pixel)
    #expect(try field("Permute", [integers("dims", 3, 1, 2)]) == .pixel)
    #expect(try field("Permute", [integers("dims", 2, 1, 3)]) == .everything)
    let groups = Argument("target_shape", .list([8, 8, 2, 2].map { .integer($0) }))
    #expect(try field("Reshape", [groups]) == .pixel)
    #expect(try field("Permute", [integers("dims", 1, 2, 4, 3)], Shape("N", 8, 8, 2, 2)) == .pixel)
    #expect(try field("Flatten", [], Shape("N", 1, 1, 4)) == .pixel)
  }

  @Test func whatMixesPlacesSeesAll() throws {
    for name in ["GlobalAveragePooling2D", "GlobalMaxPooling2D", "Flatten"] {
      #expect(try field(name) == .everything, "\(name)")
    }
    #expect(try field("GroupNormalization", [integers("groups", 2)]) == .everything)
    #expect(try field("LayerNormalization", [integers("axis", 1, 2, 3)]) == .everything)
    #expect(try field("Mean", [integers("axis", 1, 2)]) == .everything)
    #expect(try field("Mean", [integers("axis", -1)]) == .pixel)
    #expect(try field("Dense", [integers("units", 3)], Shape("N", 4)) == .everything)
    #expect(try field("Reshape", [integers("target_shape", 16, 4, 4)]) == .everything)
    // Two sizes are no places with values.
    #expect(try field("Reshape", [integers("target_shape", 4, 6, 1)], Shape("N", 4, 6)) == .everything)
    #expect(try field("Reshape", [integers("target_shape", 4, 6)], Shape("N", 4, 6, 1)) == .everything)
  }
}
