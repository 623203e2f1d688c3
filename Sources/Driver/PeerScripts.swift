import ModelCompiler

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The scripts beside modelc's sources that compare it with other engines, and the Python that runs them.
package struct PeerScripts {
  /// `Tests/Peers` of a checkout.
  private let folder: FilePath

  /// Engines that the scripts know.
  static let engines = ["onnxruntime", "openvino", "tensorflow"]

  /// Where `MODELC_PEERS` says that the scripts are; nil if it says nothing.
  static var named: String? {
    let text = unsafe getenv("MODELC_PEERS").map { unsafe String(cString: $0) }
    return text?.isEmpty == false ? text : nil
  }

  /// Finds the scripts.
  ///
  /// - Parameter name: their folder; nil to look for it in the checkout that the executable was built in.
  package init(named name: String?) throws(Failure) {
    if let name {
      folder = FilePath(name)
      guard Self.isFile(folder.appending("speed.py")) else {
        throw .usage(
          "MODELC_PEERS names '\(name)', where there is no speed.py", help: "it is Tests/Peers of modelc's repository")
      }
      return
    }
    var place = Self.executable
    while let current = place, !current.components.isEmpty {
      let peers = current.folder.appending("Tests/Peers")
      if Self.isFile(peers.appending("speed.py")) {
        folder = peers
        return
      }
      place = current.folder
    }
    throw .usage(
      "--against compares by scripts that lie beside modelc's sources, and this executable does not",
      help: "check out modelc's repository and set MODELC_PEERS to its folder Tests/Peers")
  }

  /// Runs `speed.py` with these arguments, in the virtual environment, which is made first if there is none; what it
  /// prints goes where this process prints.
  ///
  /// - Returns: what the script ends with: 0 for success.
  package func compare(_ arguments: [String], _ console: Console) throws(Failure) -> Int32 {
    let python = folder.appending("../../.venv/bin/python").text
    if !Self.isFile(FilePath(python)) {
      console.printError("making the virtual environment of the peers, once; this downloads some 300 MB …\n")
      let status = try run([folder.appending("setup").text], console)
      // It has said why.
      guard status == 0 else { throw .explained(.fault) }
    }
    return try run([python, folder.appending("speed.py").text] + arguments, console)
  }

  private func run(_ words: [String], _ console: Console) throws(Failure) -> Int32 {
    // What was said before comes first.
    console.flush()
    do throws(ChildProcess.Problem) {
      return try ChildProcess.run(words)
    } catch {
      throw .fault("'\(words[0])' cannot be started")
    }
  }

  private static func isFile(_ path: FilePath) -> Bool { unsafe access(path.text, R_OK) == 0 }

  /// Where this program lies; nil where the system does not say.
  static var executable: FilePath? {
    #if canImport(Darwin)
      var size: UInt32 = 4096
      var path = [CChar](repeating: 0, count: Int(size))
      guard unsafe _NSGetExecutablePath(&path, &size) == 0 else { return nil }
      let name = path
    #else
      let name = Array("/proc/self/exe".utf8CString)
    #endif
    guard let resolved = unsafe realpath(name, nil) else { return nil }
    defer { unsafe free(resolved) }
    return FilePath(unsafe String(cString: resolved))
  }
}
