/// The executable: `modelc run`'s options for one network.
struct CommandFile {
  let names: PackageNames
  let options: EmissionOptions

  var text: String {
    let embedded = options.embedsWeights ? ", embedded: EmbeddedWeights.packed" : ""
    let lines = """
      import \(names.model)
      import \(names.runtime)

      #if canImport(Glibc)
        import Glibc
      #elseif canImport(Musl)
        import Musl
      #elseif canImport(Darwin)
        import Darwin
      #endif

      let title = "Runs the network \\(quoted(Plan.network.name)) on .npy files."
      let flags = RunCommand.flags + [CommandArguments.Flag("help", letter: "h", help: "shows this text")]

      /// Says why on standard error and ends the process: 1 if a file is wrong, 2 if the command line is.
      func fail(_ reason: String, status: Int32) -> Never {
        let bytes = Array("error: \\(reason)\\n".utf8)
        var rest = bytes[...]
        while !rest.isEmpty {
          let written = unsafe rest.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
          if written <= 0 { break }
          rest = rest.dropFirst(written)
        }
        exit(status)
      }

      EndingSignals.tell()
      do throws(UsageProblem) {
        let given = Array(CommandLine.arguments.dropFirst())
        if given.contains("--help") || given.contains("-h") {
          print(title, "", "Options:", separator: "\\n")
          for line in CommandArguments.help(flags) { print(line) }
          exit(0)
        }
        let arguments = try CommandArguments(given, flags: flags)
        if let extra = arguments.positionals.first { throw UsageProblem("unexpected argument \\(quoted(extra))") }
        let command = try RunCommand(arguments)
        do throws(RunProblem) {
          for line in try command.run(Plan.network\(embedded)) { print(line) }
        } catch {
          fail(error.description, status: error.isUsage ? 2 : 1)
        }
      } catch {
        fail("\\(error.reason); --help shows the options", status: 2)
      }
      """
    return SwiftFile.text([lines], source: options.source)
  }
}
