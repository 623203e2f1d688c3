/// The executable: `modelc run`'s options for one network.
struct CommandFile {
  let names: PackageNames
  let options: EmissionOptions

  var text: String {
    SwiftFile.text(
      [
        "import \(names.model)",
        "import \(names.runtime)",
        "",
      ], source: options.source)
  }
}
