/// Distances in a plain tensor of three sizes, or of a sequence's two, in floats.
struct PixelLayout: Sendable {
  let row: Int
  let pixel: Int
  let channel: Int

  init(_ order: PixelOrder, of map: FeatureMap, shape: [Int]) {
    let shape = order.mapShape(shape)
    switch order {
    case .channelsLast:
      precondition(shape == [map.height, map.width, map.channels], "shapes that do not match")
      (row, pixel, channel) = (map.width * map.channels, map.channels, 1)
    case .channelsFirst:
      precondition(shape == [map.channels, map.height, map.width], "shapes that do not match")
      (row, pixel, channel) = (map.width, 1, map.height * map.width)
    }
  }
}
