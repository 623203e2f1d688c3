import ModelCompiler

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What this machine has.
enum Memory {
  /// The values and their packed form have to fit: a few bytes of text can ask for terabytes.
  static func check(for model: Model) throws(Failure) {
    let memory = sysconf(Int32(_SC_PHYS_PAGES)).multipliedReportingOverflow(by: sysconf(Int32(_SC_PAGESIZE)))
    let needed = model.parameterCount.multipliedReportingOverflow(by: 8)
    guard !memory.overflow, memory.partialValue > 0 else { return }
    guard needed.overflow || needed.partialValue > memory.partialValue else { return }
    throw .wrongInput(
      "the weights of \(model.name) need more memory than this machine has",
      help: "modelc summary says how large they are")
  }
}
