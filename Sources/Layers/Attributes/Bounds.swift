/// The values that an attribute allows among those of its type.
struct Bounds<Value: AttributeValue>: Sendable {
  let check: @Sendable (Value) throws(ValueProblem) -> Void

  static var any: Bounds { Bounds { (_: Value) throws(ValueProblem) in } }
}

extension Bounds where Value == Int {
  static func atLeast(_ least: Int) -> Bounds {
    Bounds { (value: Int) throws(ValueProblem) in
      if value < least { throw .outside("at least \(least)", value) }
    }
  }
}

extension Bounds where Value == Double {
  static func from(_ least: Double, to greatest: Double) -> Bounds {
    Bounds { (value: Double) throws(ValueProblem) in
      if !(least...greatest).contains(value) { throw .outside("from \(least) to \(greatest)", value) }
    }
  }

  static func atLeast(_ least: Double) -> Bounds {
    Bounds { (value: Double) throws(ValueProblem) in
      if value < least { throw .outside("at least \(least)", value) }
    }
  }

  static func above(_ bound: Double) -> Bounds {
    Bounds { (value: Double) throws(ValueProblem) in
      if value <= bound { throw .outside("above \(bound)", value) }
    }
  }
}

extension Bounds where Value == Double? {
  static func atLeast(_ least: Double) -> Bounds {
    Bounds { (value: Double?) throws(ValueProblem) in
      if let value { try Bounds<Double>.atLeast(least).check(value) }
    }
  }
}

extension Bounds where Value == Int? {
  static func from(_ least: Int, to greatest: Int) -> Bounds {
    Bounds { (value: Int?) throws(ValueProblem) in
      if let value { try Bounds<Int>.from(least, to: greatest).check(value) }
    }
  }
}

extension Bounds where Value == Bool {
  /// A switch of Keras's whose other side does not exist here.
  static func only(_ allowed: Bool) -> Bounds {
    Bounds { (value: Bool) throws(ValueProblem) in
      if value != allowed { throw .outside("\(allowed)", value) }
    }
  }
}
