import Operations

/// How pixels of another map are made of those that there are.
package enum Interpolation: String, CaseIterable, Hashable, Sendable, AttributeValue {
  case nearest, bilinear, bicubic, lanczos3, lanczos5

  static var typeName: String { "Interpolation" }
  static var summary: String {
    "`nearest` repeats pixels; `bilinear`, `bicubic`, `lanczos3` and `lanczos5` mix the nearest 2, 4, 6 or 10 of each row "
      + "and column, values standing in the middle of their pixels."
  }

  var operation: Resize2D.Interpolation {
    switch self {
    case .nearest: .nearest
    case .bilinear: .bilinear
    case .bicubic: .bicubic
    case .lanczos3: .lanczos3
    case .lanczos5: .lanczos5
    }
  }

  /// Of how many pixels along an axis one of the result is made.
  var pixels: Int {
    switch self {
    case .nearest: 1
    case .bilinear: 2
    case .bicubic: 4
    case .lanczos3: 6
    case .lanczos5: 10
    }
  }
}
