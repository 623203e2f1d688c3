import Operations

/// A layer that slides a window over a map or along a sequence: what its sizes come from is the window's business.
protocol SlidingLayer: MapLayer {
  var window: MapWindow { get }
}

extension SlidingLayer {
  func derivation(of axis: Int, _ inputs: [Shape]) -> String? {
    guard let map = try? map(inputs) else { return nil }
    return window.derivation(of: axis, map)
  }
}
