package import Operations

/// What is done to images before the model sees them: in training only, and each time anew, where it is random.
package protocol ImageChange: TrainingTerm {
  /// Whether it is random: then it belongs to `augment`.
  var isRandom: Bool { get }
  /// Height and width of what it makes; nil where they stay.
  var size: [Int]? { get }
}

extension ImageChange {
  package var isRandom: Bool { true }
  package var size: [Int]? { nil }
}

/// A random number's bounds: `f` stands for `[-f, f]`.
package struct Factor: AttributeValue {
  package var lower: Double
  package var upper: Double

  init(_ factor: Double) {
    lower = -factor
    upper = factor
  }

  static var typeName: String { "[Float]" }
  static var expectation: String { "a number or [least, greatest]" }

  init(_ literal: Literal) throws(ValueProblem) {
    switch literal {
    case .integer, .real:
      let factor = try Double(literal)
      if factor < 0 { throw .outside("at least 0", factor) }
      (lower, upper) = (-factor, factor)
    case .list(let elements):
      let bounds = try [Double](literal)
      guard bounds.count == 2, bounds[0] <= bounds[1] else {
        throw ValueProblem(
          "takes \(Self.expectation), not \(literal.excerpt)", expected: "two numbers that rise",
          found: "\(elements.count) numbers")
      }
      (lower, upper) = (bounds[0], bounds[1])
    default: throw .mismatch(literal, Self.self)
    }
  }

  var literal: Literal { lower == -upper ? .real(upper) : .list([.real(lower), .real(upper)]) }
}

/// What is seen beyond the edge of an image.
package enum FillMode: String, CaseIterable, Hashable, Sendable, AttributeValue {
  case reflect, constant, wrap, nearest
  static var typeName: String { "FillMode" }
  static var summary: String { "What is seen beyond the edge." }
}

/// How pixels between pixels are made.
package enum ImageInterpolation: String, CaseIterable, Hashable, Sendable, AttributeValue {
  case bilinear, nearest
  static var typeName: String { "Interpolation" }
  static var summary: String { "How pixels between pixels are made." }
}

private let seedSummary = "Start of the random numbers."
private let factorSummary = "The bounds, `f` for `[-f, f]`, "
private let rangeSummary = "The least and greatest value of an image."

package struct RandomFlip: ImageChange {
  /// Which way images are turned over.
  package enum Mode: String, CaseIterable, Hashable, Sendable, AttributeValue {
    case horizontal, vertical
    case both = "horizontal_and_vertical"
    static var typeName: String { "FlipMode" }
  }

  package var mode = Mode.both
  package var seed: Int?
  package var dataFormat = DataFormat.channelsLast
  package init() {}
  package static let name = "RandomFlip"
  package static let schema = Schema(name, "Turns half of the images over, in training.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("mode", &mode, "Which way.")
    attributes.optional("seed", &seed, seedSummary)
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
  }
}

package struct RandomRotation: ImageChange {
  package var factor = Factor(0)
  package var fillMode = FillMode.reflect
  package var interpolation = ImageInterpolation.bilinear
  package var seed: Int?
  package var fillValue = 0.0
  package var dataFormat = DataFormat.channelsLast
  package init() {}
  package static let name = "RandomRotation"
  package static let schema = Schema(name, "Turns images by a random angle, in training.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("factor", &factor, factorSummary + "in full turns.")
    attributes.optional("fill_mode", &fillMode, FillMode.summary)
    attributes.optional("interpolation", &interpolation, ImageInterpolation.summary)
    attributes.optional("seed", &seed, seedSummary)
    attributes.optional("fill_value", &fillValue, "What `constant` fills with.")
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
  }
}

package struct RandomZoom: ImageChange {
  package var heightFactor = Factor(0)
  package var widthFactor: Factor?
  package var fillMode = FillMode.reflect
  package var interpolation = ImageInterpolation.bilinear
  package var seed: Int?
  package var fillValue = 0.0
  package var dataFormat = DataFormat.channelsLast
  package init() {}
  package static let name = "RandomZoom"
  package static let schema = Schema(name, "Makes what is seen smaller or larger, in training.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("height_factor", &heightFactor, factorSummary + "of the height.")
    attributes.optional("width_factor", &widthFactor, factorSummary + "of the width; none: as the height.")
    attributes.optional("fill_mode", &fillMode, FillMode.summary)
    attributes.optional("interpolation", &interpolation, ImageInterpolation.summary)
    attributes.optional("seed", &seed, seedSummary)
    attributes.optional("fill_value", &fillValue, "What `constant` fills with.")
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
  }
}

package struct RandomTranslation: ImageChange {
  package var heightFactor = Factor(0)
  package var widthFactor = Factor(0)
  package var fillMode = FillMode.reflect
  package var interpolation = ImageInterpolation.bilinear
  package var seed: Int?
  package var fillValue = 0.0
  package var dataFormat = DataFormat.channelsLast
  package init() {}
  package static let name = "RandomTranslation"
  package static let schema = Schema(name, "Moves images, in training.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("height_factor", &heightFactor, factorSummary + "of the height.")
    attributes.required("width_factor", &widthFactor, factorSummary + "of the width.")
    attributes.optional("fill_mode", &fillMode, FillMode.summary)
    attributes.optional("interpolation", &interpolation, ImageInterpolation.summary)
    attributes.optional("seed", &seed, seedSummary)
    attributes.optional("fill_value", &fillValue, "What `constant` fills with.")
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
  }
}

package struct RandomShear: ImageChange {
  package var xFactor = Factor(0)
  package var yFactor = Factor(0)
  package var interpolation = ImageInterpolation.bilinear
  package var fillMode = FillMode.reflect
  package var fillValue = 0.0
  package var seed: Int?
  package var dataFormat = DataFormat.channelsLast
  package init() {}
  package static let name = "RandomShear"
  package static let schema = Schema(name, "Slants images, in training.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("x_factor", &xFactor, factorSummary + "along the width.")
    attributes.optional("y_factor", &yFactor, factorSummary + "along the height.")
    attributes.optional("interpolation", &interpolation, ImageInterpolation.summary)
    attributes.optional("fill_mode", &fillMode, FillMode.summary)
    attributes.optional("fill_value", &fillValue, "What `constant` fills with.")
    attributes.optional("seed", &seed, seedSummary)
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
  }
}

package struct RandomContrast: ImageChange {
  package var factor = Factor(0)
  package var valueRange = [0.0, 255]
  package var seed: Int?
  package var dataFormat = DataFormat.channelsLast
  package init() {}
  package static let name = "RandomContrast"
  package static let schema = Schema(
    name, "Spreads values around the mean of each channel or draws them together, in training.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("factor", &factor, factorSummary + "of the change.")
    attributes.optional("value_range", &valueRange, rangeSummary)
    attributes.optional("seed", &seed, seedSummary)
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
  }
}

package struct RandomBrightness: ImageChange {
  package var factor = Factor(0)
  package var valueRange = [0.0, 255]
  package var seed: Int?
  package var dataFormat = DataFormat.channelsLast
  package init() {}
  package static let name = "RandomBrightness"
  package static let schema = Schema(name, "Makes images brighter or darker, in training.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("factor", &factor, factorSummary + "as a share of the range.")
    attributes.optional("value_range", &valueRange, rangeSummary)
    attributes.optional("seed", &seed, seedSummary)
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
  }
}

package struct RandomSaturation: ImageChange {
  package var factor = Factor(0)
  package var valueRange = [0.0, 255]
  package var seed: Int?
  package var dataFormat = DataFormat.channelsLast
  package init() {}
  package static let name = "RandomSaturation"
  package static let schema = Schema(name, "Makes colours stronger or weaker, in training.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("factor", &factor, factorSummary + "from 0, grey, to 1.")
    attributes.optional("value_range", &valueRange, rangeSummary)
    attributes.optional("seed", &seed, seedSummary)
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
  }
}

package struct RandomHue: ImageChange {
  package var factor = Factor(0)
  package var valueRange = [0.0, 255]
  package var seed: Int?
  package var dataFormat = DataFormat.channelsLast
  package init() {}
  package static let name = "RandomHue"
  package static let schema = Schema(name, "Turns the wheel of colours, in training.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("factor", &factor, factorSummary + "in full turns.")
    attributes.optional("value_range", &valueRange, rangeSummary)
    attributes.optional("seed", &seed, seedSummary)
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
  }
}

package struct RandomGrayscale: ImageChange {
  package var factor = 0.5
  package var seed: Int?
  package var dataFormat = DataFormat.channelsLast
  package init() {}
  package static let name = "RandomGrayscale"
  package static let schema = Schema(name, "Makes some images grey, in training.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.optional("factor", &factor, "The share of the images.", .from(0, to: 1))
    attributes.optional("seed", &seed, seedSummary)
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
  }
}

package struct RandomCrop: ImageChange {
  package var height = 1
  package var width = 1
  package var seed: Int?
  package init() {}
  package static let name = "RandomCrop"
  package static let schema = Schema(name, "A part of each image, from a random place.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("height", &height, "Rows of the part.", .atLeast(1))
    attributes.required("width", &width, "Columns of the part.", .atLeast(1))
    attributes.optional("seed", &seed, seedSummary)
  }
  package var size: [Int]? { [height, width] }
}

package struct CenterCrop: ImageChange {
  package var height = 1
  package var width = 1
  package var dataFormat = DataFormat.channelsLast
  package init() {}
  package static let name = "CenterCrop"
  package static let schema = Schema(name, "The middle of each image.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("height", &height, "Rows of the part.", .atLeast(1))
    attributes.required("width", &width, "Columns of the part.", .atLeast(1))
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
  }
  package var isRandom: Bool { false }
  package var size: [Int]? { [height, width] }
}

package struct Resizing: ImageChange {
  /// What fills up images that must not be distorted.
  package enum FillMode: String, CaseIterable, Hashable, Sendable, AttributeValue {
    case constant
    static var typeName: String { "ResizingFillMode" }
  }

  package var height = 1
  package var width = 1
  package var interpolation = Interpolation.bilinear
  package var crops = false
  package var pads = false
  package var fillMode = FillMode.constant
  package var fillValue = 0.0
  package var antialias = false
  package var dataFormat = DataFormat.channelsLast
  package init() {}
  package static let name = "Resizing"
  package static let schema = Schema(name, "Images at another height and width.")

  package mutating func visit(_ attributes: inout AttributeVisitor) {
    attributes.required("height", &height, "Rows of the result.", .atLeast(1))
    attributes.required("width", &width, "Columns of the result.", .atLeast(1))
    attributes.optional("interpolation", &interpolation, Interpolation.summary)
    attributes.optional("crop_to_aspect_ratio", &crops, "Whether to cut off what would be distorted.")
    attributes.optional("pad_to_aspect_ratio", &pads, "Whether to fill up what would be distorted.")
    attributes.optional("fill_mode", &fillMode, "What `pad_to_aspect_ratio` fills with: `fill_value`.")
    attributes.optional("fill_value", &fillValue, "What `pad_to_aspect_ratio` fills with.")
    attributes.optional("antialias", &antialias, "Whether what becomes smaller is made of as many more pixels.")
    attributes.optional("data_format", &dataFormat, DataFormat.attributeSummary)
  }

  package var conflicts: [LayerProblem] {
    guard crops, pads else { return [] }
    return [
      LayerProblem(
        .attributeValue, .attribute("pad_to_aspect_ratio"), "images are either cut off or filled up, not both",
        expected: "one of them", found: "both", help: "leave one of them out")
    ]

  }
  package var isRandom: Bool { false }
  package var size: [Int]? { [height, width] }
}
