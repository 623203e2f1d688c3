import Operations

extension DataFormat: AttributeValue {
  static var typeName: String { "DataFormat" }

  /// One line for the reference table, the same in every layer that has the attribute.
  static var attributeSummary: String { "Whether channels are a map's last axis or, after the batch, its first." }
}
