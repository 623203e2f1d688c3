import Operations

/// A layer that slides a window over a map: what its sizes come from is the window's business.
protocol SlidingLayer: Layer {
  var window: MapWindow { get }
  var dataFormat: DataFormat { get }
}

extension SlidingLayer {
  func derivation(of axis: Int, _ inputs: [Shape]) -> String? {
    guard let map = try? Map(inputs[0], dataFormat, for: Self.schema.name) else { return nil }
    return window.derivation(of: axis, map)
  }
}
