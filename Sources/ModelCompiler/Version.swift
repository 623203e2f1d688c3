/// The version of this compiler.
public let modelcVersion = "0.1.0"
