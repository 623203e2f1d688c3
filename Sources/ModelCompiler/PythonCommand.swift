import Runtime
import Weights

extension BuildProblem {
  /// A file of weights that cannot be opened, with the way to one that can.
  init(unreadable problem: FileProblem) {
    self.init([problem.description], help: PythonCommand.help(for: problem.path))
  }
}

/// What Python reads and modelc does not becomes a safetensors file by one line.
enum PythonCommand {
  /// nil for files that are no weights of another program, or that Python could not read either.
  static func help(for path: String) -> String? {
    guard let file = try? MappedFile(path) else { return nil }
    let beginning = file.withBytes { bytes in
      unsafe bytes.extracting(0..<min(bytes.byteCount, 4096)).withUnsafeBytes { unsafe [UInt8]($0) }
    }
    let isArchive = beginning.starts(with: [0x50, 0x4B, 3, 4])
    let script: String
    if !isArchive, KerasArchive.hasWholeWeights(ByteRegion(file)) {
      script = arrays("h5py.File(sys.argv[1])")
    } else if isArchive, path.utf8.suffix(6).elementsEqual(".keras".utf8) {
      guard KerasArchive.hasWholeWeights(ByteRegion(file)) else { return nil }
      script = arrays("h5py.File(zipfile.ZipFile(sys.argv[1]).open('model.weights.h5'))")
    } else if isArchive, path.utf8.suffix(4).elementsEqual(".npz".utf8) {
      script = "import sys,numpy as np,safetensors.numpy as s; s.save_file(dict(np.load(sys.argv[1])),sys.argv[2])"
    } else if isArchive || beginning.starts(with: [0x80, 2]) {
      script =
        "import sys,torch,safetensors.torch as s; t=torch.load(sys.argv[1],map_location='cpu',weights_only=True); "
        + "s.save_file({k:v.contiguous().clone() for k,v in t.items()},sys.argv[2])"
    } else {
      return nil
    }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let stem = name.split(separator: ".").first.map(String.init) ?? "weights"
    return
      "Python makes a file that can be read: python3 -c \"\(script)\" \(shell(path)) \(shell(stem + ".safetensors"))"
  }

  /// Links are followed, and what safetensors does not have is told.
  private static func arrays(_ file: String) -> String {
    "import sys,zipfile,h5py,numpy as np,safetensors.numpy as s; t={}; "
      + "n=lambda o: isinstance(o,h5py.Dataset) and o.shape is not None and o.dtype.kind in 'biuf' and o.dtype.itemsize<9; "
      + "w=lambda g,p: [w(o,p+k+'/') if isinstance(o,h5py.Group) else t.update({p+k:np.asarray(o)}) if n(o) else "
      + "print('left out:',p+k) for k,o in ((k,g.get(k)) for k in g)]; w(\(file),''); s.save_file(t,sys.argv[2])"
  }

  /// A word as a shell takes it.
  private static func shell(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (0x2D...0x39).contains(byte)
        || byte == UInt8(ascii: "_")
    }
    guard !isPlain || word.isEmpty || word.utf8.first == UInt8(ascii: "-") else { return word }
    // In single quotes everything is itself but the quote.
    let quotedWord = word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#)
    return (word.utf8.first == UInt8(ascii: "-") ? "./" : "") + "'" + quotedWord + "'"
  }
}
