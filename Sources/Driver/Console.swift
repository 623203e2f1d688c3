import ModelCompiler
import Runtime

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where text goes: the one way out of the program. Whatever could act on a terminal or on a CI service's log is
/// shown instead.
package final class Console {
  private enum Destination {
    case process
    /// For tests.
    case memory
  }

  private let destination: Destination
  /// Columns of the terminal.
  package let width: Int
  private var output: [UInt8] = []
  private var error: [UInt8] = []
  /// The error numbers of the streams that could not be written, by their descriptors.
  private var failures: [Int32: Int32] = [:]
  /// Whether the other end of a pipe is closed: nothing to complain of.
  package private(set) var isReaderGone = false

  /// The process's own output: as wide as COLUMNS or the terminal says, else 100 columns.
  package init() {
    destination = .process
    width = Self.terminalWidth() ?? 100
    // Nothing should end the process without a word.
    EndingSignals.tell()
    // A stream that is closed would lend its number to the next file that is opened, and what is printed would go
    // there. What stands in for it cannot be used either.
    for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(stream, F_GETFD) == -1 {
      unsafe _ = open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  /// Output kept for a test to look at.
  package init(capturing width: Int) {
    destination = .memory
    self.width = width
  }

  /// What has been printed, of a console that captures.
  package var capturedOutput: String { String(decoding: output, as: UTF8.self) }
  package var capturedError: String { String(decoding: error, as: UTF8.self) }

  package func print(_ text: String) { append(screened(text)) }

  /// A text that somebody wants as it is: a program that has been read, and holds nothing that could act.
  package func print(exactly text: String) { append(text) }

  package func print(json: String) { append(screened(json: json)) }

  /// Commands to the service whose log this is; whoever made them has encoded what came from outside.
  package func print(commands: String) { append(commands) }

  private func append(_ text: String) {
    output += text.utf8
    if case .process = destination, output.count >= 1 << 16 { flush() }
  }

  /// Text for the person at the terminal: problems and progress. Comes after what has been printed so far.
  package func printError(_ text: String) {
    guard !text.isEmpty else { return }
    error += screened(text).utf8
    if case .process = destination { flush() }
  }

  /// `error: …`, a line for each of the message's, and what to do about it.
  func printError(_ message: String, help: String?) {
    let lines = message.split(separator: "\n").map { "error: \($0)\n" }
    printError(lines.joined() + (help.map { "  help: \($0)\n" } ?? ""))
  }

  /// Hands over what is buffered; false if it could not be written.
  @discardableResult
  package func flush() -> Bool {
    guard case .process = destination else { return true }
    write(&output, to: STDOUT_FILENO)
    write(&error, to: STDERR_FILENO)
    return failures.isEmpty
  }

  /// Says on standard error why standard output could not be written, if that is so.
  func explainFailure() {
    guard let code = failures[STDOUT_FILENO] else { return }
    printError("standard output cannot be written: \(unsafe String(cString: strerror(code)))", help: nil)
  }

  private func write(_ buffer: inout [UInt8], to descriptor: Int32) {
    defer { buffer.removeAll(keepingCapacity: true) }
    var rest = buffer[...]
    while !rest.isEmpty, failures[descriptor] == nil {
      let count = unsafe rest.withUnsafeBytes { bytes in
        unsafe systemWrite(descriptor, bytes)
      }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        // A pipe that is full and does not wait, as some programs leave it.
        var wish = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        unsafe _ = poll(&wish, 1, -1)
      } else if errno != EINTR {
        failures[descriptor] = errno
        isReaderGone = isReaderGone || errno == EPIPE
      }
    }
  }

  private static func terminalWidth() -> Int? {
    if let text = unsafe getenv("COLUMNS"), let columns = Int(unsafe String(cString: text)), columns > 0 {
      return min(columns, 1000)
    }
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }
}

@unsafe private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  unsafe write(descriptor, bytes.baseAddress, bytes.count)
}
