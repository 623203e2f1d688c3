import ModelCompiler

/// What is fed with bytes, whatever they are. It traps where a promise is broken; AddressSanitizer and the bounds checks
/// of Swift see the rest.
struct FuzzTarget: Sendable {
  var name: String
  /// How bytes are changed besides libFuzzer's own ways.
  var mutation = Mutation.bytes
  /// What its inputs begin with. One that begins otherwise is tried but not kept: all that is made of it would be meant
  /// for another reader.
  var opening: [UInt8] = []
  /// What a person has to see of an input: the program that it stands for.
  var text: @Sendable ([UInt8]) -> String = { String(decoding: $0, as: UTF8.self) }
  var run: @Sendable ([UInt8]) -> Void

  enum Mutation: Sendable {
    /// In no other way.
    case bytes
    /// By words and signs too.
    case words
    /// The length of the header is made right again, most of the time.
    case lengthOfHeader(place: Int, size: Int)
  }

  static let all: [FuzzTarget] = [
    FuzzTarget(name: "language", mutation: .words, opening: Array("modelc 1".utf8)) {
      checkText(Description(name: "a.model", bytes: $0))
    },
    FuzzTarget(name: "json", mutation: .words, opening: Array("{".utf8)) {
      checkText(Description(name: "a.json", bytes: $0))
    },
    FuzzTarget(name: "keras", mutation: .words, opening: Array("{".utf8)) {
      checkText(Description(name: "keras.json", bytes: $0))
    },
    FuzzTarget(name: "formatter", mutation: .words, opening: Array("modelc 1".utf8), run: format),
    FuzzTarget(
      name: "checker", text: { ProgramWriter($0).program }, run: { checkProgram(ProgramWriter($0).program) }),
    FuzzTarget(
      name: "emitter", text: { ProgramWriter($0, isTame: true).program },
      run: { emitProgram(ProgramWriter($0, isTame: true).program, bytes: $0) }),
    FuzzTarget(name: "safetensors", mutation: .lengthOfHeader(place: 0, size: 8), run: readSafetensors),
    FuzzTarget(name: "npy", mutation: .lengthOfHeader(place: 8, size: 2), run: readNumPyArray),
    FuzzTarget(name: "hdf5", opening: [0x89] + Array("HDF\r\n\u{1A}\n".utf8), run: readTensors),
    FuzzTarget(name: "archive", opening: Array("PK".utf8), run: readTensors),
    FuzzTarget(name: "inflate", run: inflate),
  ]
}

/// Traps, with what it was that did not hold.
func require(_ holds: Bool, _ promise: @autoclosure () -> String) {
  if !holds { fatalError("broken promise: " + promise()) }
}
