import Layers
import Semantics
import Spelling
import Syntax

/// What stands around the functions of a program: its usage, its files, and what `train` sections say.
struct MainWriter {
  let program: PythonProgram
  private let models: [CheckedModel]

  init(_ program: PythonProgram, _ models: [CheckedModel]) { (self.program, self.models) = (program, models) }

  private var trains: Bool { models.contains { $0.training != nil } }
  var isDistributed: Bool { program.options.isDistributed }
  private var choosesModel: Bool { models.count > 1 }

  // MARK: Head

  func writeHead(into lines: inout PythonLines) {
    let file = program.options.fileName
    let names = models.map(\.name).joined(separator: ", ")
    var usage = "\(names) in Keras 3.\n\n    python \(file) --weights FILE --predict -o outputs.npz DATA …\n"
    if trains { usage += "    python \(file) [--weights FILE] -o weights.npz DATA …\n" }
    usage +=
      "\nDATA is an .npz file with an array for each input\(trains ? " and output" : ""), or NAME=FILE.npy for one "
    usage +=
      "of them. Weights are\nread and written as .safetensors, .npz or .weights.h5 by the names of layers, which "
    usage += "modelc reads:\n\n    modelc run NET.model --weights weights.npz …"
    if isDistributed {
      usage += "\n\nEach batch is shared out among all devices that JAX has. To try it on one computer:\n"
      usage += "\n    XLA_FLAGS=--xla_force_host_platform_device_count=2 python \(file) …"
    }
    lines.addDocstring(usage)
    lines.add(["import argparse", "import contextlib", "import json"])
    if program.needsMath { lines.add("import math") }
    lines.add(["import os", "import zipfile"])
    if isDistributed { lines.add(["", "os.environ[\"KERAS_BACKEND\"] = \"jax\""]) }
    lines.add(["", "import keras", "import numpy as np", "from keras import layers"])
    // Operations have names only as objects, which Keras keeps in its source.
    for (module, classes) in program.imports.sorted(by: { $0.key < $1.key }) {
      lines.add("from \(module) import \(classes.sorted().joined(separator: ", "))")
    }
    if program.needsElement {
      lines.add([
        "", "", "def element(values, place):",
        "    \"\"\"An element of a list, for which one number may stand.\"\"\"",
        "    return values[place] if isinstance(values, (list, tuple)) else values",
      ])
    }
    if program.needsShared { lines.add(Self.shared) }
  }

  /// Lines that are the same in every program stand here as they are written.
  private static let shared = """


    class Shared:
        \"\"\"A block whose calls share one set of weights: a model of its own, made for the first call.

        Calls may differ in the sizes of `open_axes`.
        \"\"\"

        def __init__(self, block, name, open_axes=(), /, **arguments):
            self.block, self.name, self.open_axes, self.arguments = block, name, open_axes, arguments
            self.model = None

        def __call__(self, *tensors):
            if self.model is None:
                inputs = [keras.Input(self.sizes(tensor)) for tensor in tensors]
                outputs = self.block(*inputs, name=self.name, **self.arguments)
                self.model = keras.Model(inputs, outputs, name=self.name)
            return self.model(tensors[0] if len(tensors) == 1 else list(tensors))

        def sizes(self, tensor):
            return [None if axis in self.open_axes else size for axis, size in enumerate(tensor.shape)][1:]
    """.lines

  private static let files = """


    def leaf_layers(model):
        \"\"\"The layers of a model, those of models within it in their place.\"\"\"
        for layer in model.layers:
            if isinstance(layer, keras.Model):
                yield from leaf_layers(layer)
            elif isinstance(layer, keras.Layer):
                yield layer


    def named_weights(model):
        \"\"\"The weights of a model by layer and role, as files name them.\"\"\"
        for layer in leaf_layers(model):
            for weight in layer.weights:
                # A weight without a name of its own is the scale of a layer that only scales; Keras numbers them.
                role = "gamma" if weight.name.startswith("variable") else weight.name
                yield f"{layer.name}/{role}", weight


    def read_tensors(path):
        \"\"\"The arrays of a .safetensors or .npz file by name.\"\"\"
        if path.endswith(".npz"):
            with np.load(path) as file:
                return dict(file)
        with open(path, "rb") as file:
            header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
            data = file.read()
        tensors = {}
        for name, entry in header.items():
            if name == "__metadata__":
                continue
            start, end = entry["data_offsets"]
            if entry["dtype"] == "BF16":
                bits = np.frombuffer(data[start:end], "<u2").astype("<u4") << 16
                array = bits.view("<f4")
            else:
                types = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2",
                         "I8": "i1", "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "u1", "BOOL": "?"}
                array = np.frombuffer(data[start:end], types[entry["dtype"]])
            tensors[name] = array.reshape(entry["shape"])
        return tensors


    def load_weights(model, path):
        \"\"\"Sets the weights of a model from a file of modelc or of Keras.\"\"\"
        if path.endswith(".weights.h5"):
            model.load_weights(path)
            return
        tensors = {}
        for name, array in read_tensors(path).items():
            # Keras's names hold no slash, modelc's paths do.
            layer, _, role = name.rpartition("/")
            tensors[layer.replace("/", "_") + "/" + role] = array
        weights = [(name, weight) for name, weight in named_weights(model) if weight.name != "count"]
        missing = [name for name, _ in weights if name not in tensors]
        if missing:
            raise SystemExit(f"{path} has no {', '.join(missing)}")
        for name, weight in weights:
            found, expected = list(tensors[name].shape), list(weight.shape)
            if found != expected:
                raise SystemExit(f"{path}: {name} has the shape {found}, expected {expected}")
        for name, weight in weights:
            weight.assign(tensors[name])
        for layer in leaf_layers(model):
            if isinstance(layer, layers.Normalization):
                # It computes with what it makes of its weights.
                layer.finalize_state()


    @contextlib.contextmanager
    def whole(path):
        \"\"\"A file beside this one to write to, which takes its place once all is written.\"\"\"
        folder, name = os.path.split(path)
        part = os.path.join(folder, "part." + name)
        try:
            yield part
            os.replace(part, path)
        finally:
            if os.path.exists(part):
                os.remove(part)


    def write_arrays(path, arrays):
        \"\"\"Writes an .npz file, whatever the arrays are called.\"\"\"
        with whole(path) as part, zipfile.ZipFile(part, "w") as archive:
            for name, array in arrays.items():
                with archive.open(name + ".npy", "w", force_zip64=True) as file:
                    np.save(file, array)


    def save_weights(model, path):
        \"\"\"Writes the weights of a model to a file that modelc reads.\"\"\"
        if path.endswith(".weights.h5"):
            with whole(path) as part:
                model.save_weights(part)
            return
        tensors = {name: np.asarray(weight) for name, weight in named_weights(model)}
        if path.endswith(".npz"):
            write_arrays(path, tensors)
            return
        header, offset = {}, 0
        for name, array in tensors.items():
            end = offset + 4 * array.size
            header[name] = {"dtype": "F32", "shape": array.shape, "data_offsets": [offset, end]}
            offset = end
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        with whole(path) as part, open(part, "wb") as file:
            file.write(len(text).to_bytes(8, "little") + text)
            for array in tensors.values():
                file.write(np.ascontiguousarray(array, "<f4").tobytes())


    def read_arrays(parser, sources, names):
        \"\"\"The arrays of these names from .npz files and NAME=FILE.npy.\"\"\"
        arrays = {}
        for source in sources:
            name, _, path = source.rpartition("=")
            try:
                content = np.load(path)
                is_archive = not isinstance(content, np.ndarray)
                found = dict(content) if is_archive else {name: content}
            # Each sort of damage has an error of its own.
            except Exception as error:
                parser.error(f"{path} cannot be read: {error}")
            if is_archive == bool(name):
                parser.error(f"{source} is neither an .npz file nor NAME=FILE.npy")
            arrays.update(found)
        for name in names:
            if name not in arrays:
                parser.error(f"there is no array called '{name}'; there are {', '.join(arrays) or 'none'}")
            if arrays[name].dtype.kind not in "biuf" or arrays[name].ndim == 0:
                parser.error(f"'{name}' holds no examples made of numbers")
        counts = {name: len(arrays[name]) for name in names}
        if len(set(counts.values())) > 1 or 0 in counts.values():
            text = ", ".join(f"{count} in '{name}'" for name, count in counts.items())
            parser.error(f"there are as many examples, at least one, in each array; found {text}")
        return arrays


    def check_inputs(parser, model, names, arrays):
        \"\"\"Refuses what the inputs of the model cannot take.\"\"\"
        for x, name in zip(model.inputs, names):
            found, expected = arrays[name].shape[1:], x.shape[1:]
            fits = len(found) == len(expected)
            if not fits or any(b not in (a, None) for a, b in zip(found, expected)):
                parser.error(f"'{name}' has examples of the shape {found}, expected {expected}")


    def check_paths(parser, weights, output, endings):
        \"\"\"Refuses what could not be read or written, before anything takes long.\"\"\"
        for path, known in [(weights, (".safetensors", ".npz", ".weights.h5")), (output, endings)]:
            if path and not path.endswith(known):
                parser.error(f"{path} should end in {' or '.join(known)}")
        folder = os.path.dirname(output or "")
        if folder and not os.path.isdir(folder):
            parser.error(f"there is no folder {folder}")
    """.lines

  private static let labels = """


    def check_labels(parser, arrays, classes):
        \"\"\"Refuses labels that are the numbers of no classes.\"\"\"
        for name, count in classes.items():
            least, most = arrays[name].min(), arrays[name].max()
            if least < 0 or most >= count:
                parser.error(f"'{name}' has labels from {least} to {most}, expected 0 to {count - 1}")
    """.lines

  private static let count = """


    def count(text):
        \"\"\"A whole number from 1.\"\"\"
        number = int(text)
        if number < 1:
            raise argparse.ArgumentTypeError(f"{number} is less than 1")
        return number
    """.lines
}

extension MainWriter {
  /// What the functions around those of the networks are called.
  static let functions: Set<String> = Set(
    (files + labels + count).compactMap { line in
      line.hasPrefix("def ") ? line.dropFirst(4).prefix { $0 != "(" } : nil
    }.map(String.init) + ["main"])
}

extension String {
  /// The lines of a text.
  var lines: [String] {
    utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { String(Substring($0)) }
  }
}

extension MainWriter {
  func write(into lines: inout PythonLines) {
    for model in models {
      if let training = model.training { writeTraining(model, training, into: &lines) }
    }
    lines.add(Self.files)
    if trains { lines.add(Self.count) }
    if models.contains(where: { !classes(of: $0).isEmpty }) { lines.add(Self.labels) }
    writeMain(into: &lines)
  }

  private func writeMain(into lines: inout PythonLines) {
    lines.add(["", "", "def main():"])
    lines.indented { lines in
      lines.add("parser = argparse.ArgumentParser(")
      lines.add("    description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)")
      lines.add("parser.add_argument(\"data\", nargs=\"*\", metavar=\"DATA\", help=\"an .npz file, or NAME=FILE.npy\")")
      lines.add("parser.add_argument(\"--weights\", metavar=\"FILE\", help=\"the weights to begin with\")")
      lines.add("parser.add_argument(\"--predict\", action=\"store_true\", help=\"write outputs; train nothing\")")
      lines.add("parser.add_argument(\"-o\", \"--output\", metavar=\"FILE\", help=\"where the result goes\")")
      if trains {
        lines.add("parser.add_argument(\"--epochs\", type=count, help=\"how often all examples are seen\")")
        lines.add("parser.add_argument(\"--batch-size\", type=count, help=\"examples for each step\")")
      }
      if choosesModel {
        let names = models.map { PythonText.literal($0.name) }
        lines.add(
          "parser.add_argument(\"--model\", choices=[\(names.joined(separator: ", "))], default=\(names[0]))")
      }
      lines.add("options = parser.parse_args()")
      lines.add("writes_arrays = \(trains ? "options.predict" : "options.data")")
      lines.add("endings = (\".npz\",) if writes_arrays else (\".safetensors\", \".npz\", \".weights.h5\")")
      lines.add("check_paths(parser, options.weights, options.output, endings)")
      if isDistributed {
        // Any number of examples can be predicted, on one.
        lines.add("if not options.predict:")
        lines.add("    devices = keras.distribution.list_devices()")
        lines.add("    print(f\"{len(devices)} devices\")")
        lines.add(
          "    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=devices, "
            + "auto_shard_dataset=False))")
      }
      for (index, model) in models.enumerated() {
        guard choosesModel else {
          writeRun(model, into: &lines)
          continue
        }
        lines.add("\(index == 0 ? "if" : "elif") options.model == \(PythonText.literal(model.name)):")
        lines.indented { writeRun(model, into: &$0) }
      }
    }
    lines.add(["", "", "if __name__ == \"__main__\":", "    main()"])
  }

  private func writeRun(_ model: CheckedModel, into lines: inout PythonLines) {
    let inputs = model.inputs.map { PythonText.literal($0.name) }
    let deployed = model.outputs.filter { !$0.isTrainOnly }.map { PythonText.literal($0.name) }
    let build = program.functionName("build", model.name)
    let hasMore = model.outputs.contains(where: \.isTrainOnly)
    if let seed = model.training?.settings.seed { lines.add("keras.utils.set_random_seed(\(seed))") }
    lines.add("model = \(build)(\(hasMore && model.training != nil ? "training=not options.predict" : ""))")
    lines.add("if options.weights:")
    lines.add("    load_weights(model, options.weights)")
    lines.add("if not options.data:")
    lines.indented { lines in
      lines.add("model.summary()")
      lines.add("if options.output:")
      lines.add("    save_weights(model, options.output)")
      lines.add("return")
    }
    let prepared = model.training.map { !$0.preparations.isEmpty } ?? false
    func prepare(_ lines: inout PythonLines) {
      if prepared { lines.add("arrays = \(program.functionName("prepare", model.name))(arrays)") }
    }
    func predict(_ lines: inout PythonLines) {
      lines.add("names = [\(inputs.joined(separator: ", "))]")
      lines.add("arrays = read_arrays(parser, options.data, names)")
      prepare(&lines)
      lines.add("check_inputs(parser, model, names, arrays)")
      lines.add(
        "results = model.predict(\(inputs.count == 1 ? "arrays[names[0]]" : "[arrays[name] for name in names]"))")
      lines.add(
        "results = dict(zip([\(deployed.joined(separator: ", "))], "
          + "\(deployed.count == 1 ? "[results]" : "results")))")
      lines.add("write_arrays(options.output or \"outputs.npz\", results)")
    }
    guard let training = model.training else { return predict(&lines) }
    lines.add("if options.predict:")
    lines.indented { lines in
      predict(&lines)
      lines.add("return")
    }
    let labels = training.labels(of: model).required
    let classes = classes(of: model).map { "\(PythonText.literal($0.output)): \($0.count)" }
    lines.add("names = [\(inputs.joined(separator: ", "))]")
    lines.add(
      "arrays = read_arrays(parser, options.data, names + [\(labels.map(PythonText.literal).joined(separator: ", "))])")
    prepare(&lines)
    lines.add("check_inputs(parser, model, names, arrays)")
    if !classes.isEmpty { lines.add("check_labels(parser, arrays, {\(classes.joined(separator: ", "))})") }
    let settings = training.settings
    lines.add(
      "\(program.functionName("train", model.name))(model, arrays, options.epochs or \(settings.epochs), "
        + "options.batch_size or \(settings.batchSize))")
    lines.add("save_weights(model, options.output or \"weights.npz\")")
  }
}
