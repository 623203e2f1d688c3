import Runtime
import Syntax
import Weights

/// Maps of names as JSON: an object with a member for each weight, whose value is the tensor's name, or an object:
///
///     {
///       "fc/kernel": {"name": "classifier.weight", "layout": "OI", "flatten": [512, 7, 7]},
///       "conv1/kernel": {"name": "features.0.weight", "layout": "OIHW"},
///       "conv1/bias": "features.0.bias",
///       "embedding/kernel": {"name": "e", "transpose": [1, 0]},
///       "fc/": "layers/dense_1/"
///     }
///
/// A name that ends with a slash is a layer's, and its value the group in which Keras keeps the layer's variables.
extension WeightMap {
  /// Bytes that a map may have.
  private static let limit = 1 << 26

  init(file path: String) throws(BuildProblem) {
    let bytes: [UInt8]
    do throws(FileProblem) {
      let file = try MappedFile(path)
      guard file.byteCount <= Self.limit else {
        throw FileProblem(path: path, reason: "has \(file.byteCount) bytes; a map has no more than \(Self.limit)")
      }
      bytes = file.withBytes { unsafe $0.withUnsafeBytes { unsafe [UInt8]($0) } }
    } catch {
      throw BuildProblem([error.description])
    }
    let source = Source(name: path, bytes: bytes)
    var log = DiagnosticLog()
    guard let json = JSON.parse(source, limits: Limits(), into: &log), let members = json.object(json.root) else {
      let reason = log.diagnostics.first?.message ?? "it should be an object: our names to theirs"
      throw BuildProblem(["\(quoted(path, limit: 4096)) is no map of names: \(reason)"])
    }
    var entries: [Entry] = []
    var groups: [String: String] = [:]
    var problems: [String] = []
    for member in members {
      do throws(FormatProblem) {
        if let layer = Self.folder(member.key) {
          groups[layer] = try Self.group(member.value, json)
        } else {
          entries.append(try Self.entry(member, json))
        }
      } catch {
        problems.append("\(quoted(path, limit: 4096)): \(quoted(member.key)) \(error.reason)")
      }
    }
    guard problems.isEmpty else { throw BuildProblem(problems, help: "a map is explained in Grammar.md, Weights") }
    self.init(entries, groups: groups)
  }

  /// `conv1` of `conv1/`.
  private static func folder(_ name: String) -> String? {
    name.utf8.last == UInt8(ascii: "/") ? String(name.dropLast()) : nil
  }

  private static func group(_ node: JSON.ID, _ json: JSON) throws(FormatProblem) -> String {
    guard let group = json.string(node).flatMap(folder) else {
      throw FormatProblem("should be a group of Keras's variables, such as \(quoted("layers/conv2d_1/"))")
    }
    return group
  }

  private static func entry(_ member: JSON.Member, _ json: JSON) throws(FormatProblem) -> Entry {
    if let name = json.string(member.value) { return Entry(weight: member.key, tensor: name) }
    guard let settings = json.object(member.value) else {
      throw FormatProblem("should be a name, or an object with a name")
    }
    guard let name = json.value("name", of: member.value).flatMap(json.string) else {
      throw FormatProblem("has no `name`: what the file calls it")
    }
    var entry = Entry(weight: member.key, tensor: name)
    for setting in settings where setting.key != "name" {
      switch setting.key {
      case "transpose" where entry.order == nil:
        guard let order = integers(setting.value, json), order.sorted() == Array(order.indices) else {
          throw FormatProblem("has a `transpose` that is no order of axes, such as [2, 3, 1, 0]")
        }
        entry.order = order
      case "layout" where entry.order == nil:
        guard let layout = json.string(setting.value), let order = layouts.first(where: { $0.name == layout })?.order
        else {
          throw FormatProblem("has a `layout` that is none of \(layouts.map(\.name).joined(separator: ", "))")
        }
        (entry.order, entry.layout) = (order, layout)
      case "flatten":
        guard let sizes = integers(setting.value, json), (2...3).contains(sizes.count), sizes.checkedProduct() != nil
        else {
          throw FormatProblem(
            "has a `flatten` that is not channels, height and width, such as [512, 7, 7], or channels and length")
        }
        entry.flattened = sizes.count == 2 ? sizes + [1] : sizes
      default: throw FormatProblem("has \(quoted(setting.key)), which is unknown, or says the order of axes twice")
      }
    }
    return entry
  }

  /// How others order the axes of kernels, and the order that makes them those of Keras: O are the outputs, I the inputs
  /// of a layer. Kernels of transposed convolutions, IOHW and IOW, have the two the other way round in Keras too.
  private static let layouts: [(name: String, order: [Int])] = [
    ("OIHW", [2, 3, 1, 0]), ("OHWI", [1, 2, 3, 0]), ("IOHW", [2, 3, 1, 0]), ("OIW", [2, 1, 0]),
    ("OWI", [1, 2, 0]), ("IOW", [2, 1, 0]), ("OI", [1, 0]),
  ]

  private static func integers(_ node: JSON.ID, _ json: JSON) -> [Int]? {
    guard let elements = json.array(node) else { return nil }
    let numbers = elements.compactMap(json.int)
    return numbers.count == elements.count ? numbers : nil
  }
}
