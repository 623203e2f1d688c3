"""Builds a program around the package that modelc generates for a network; it runs when it is told, as `worker.py` does."""
import re
import subprocess
import sys
from pathlib import Path

import numpy as np

import weight_rule

MANIFEST = """\
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "worker",
  platforms: [.macOS(.v15)],
  dependencies: [.package(path: "NAME")],
  targets: [
    .executableTarget(name: "worker", dependencies: [.product(name: "NAME", package: "NAME")])
  ]
)
"""

WORKER = """\
#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif
import NAME

func say(_ text: String) {
  print(text)
  fflush(nil)
}

func floats(_ path: String) -> [Float] {
  guard let file = fopen(path, "rb") else { fatalError("\\(path) cannot be read") }
  defer { fclose(file) }
  fseek(file, 0, SEEK_END)
  let count = ftell(file) / 4
  rewind(file)
  return [Float](unsafeUninitializedCapacity: count) { $1 = fread($0.baseAddress, 4, count, file) }
}

func write(_ values: [Float], _ path: String) {
  guard let file = fopen(path, "wb") else { fatalError("\\(path) cannot be written") }
  _ = values.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
  fclose(file)
}

let arguments = CommandLine.arguments
say("started")
_ = readLine()
let network = try NAME(threads: Int(arguments[1]))
LOAD
let first = try network(CALL)
WRITE
say("ready")
while let line = readLine(), let count = Int(line) {
  var seconds: [String] = []
  for _ in 0..<count {
    let start = ContinuousClock.now
    _ = try network(CALL)
    seconds.append(String((ContinuousClock.now - start) / .seconds(1)))
  }
  say(seconds.joined(separator: " "))
}
"""


class PackageWorker:
    """A program for batches of this size; its file, and the names of the inputs and outputs in Swift and in the model."""

    def __init__(self, modelc, network, batch):
        folder = network.folder / f"worker-{batch}"
        subprocess.run(
            [modelc, "compile", network.path, "-o", folder / "Measured", "--name", "Measured",
             "--batch", str(batch), "--weights", network.weights_file, *network.settings], check=True, stdout=sys.stderr)
        readme = (folder / "Measured" / "README.md").read_text()
        ports = re.findall(r"^\| (input|output) \| `([^`]+)` \| `([^`]+)` \|", readme, re.MULTILINE)
        inputs = [(swift, model) for kind, swift, model in ports if kind == "input"]
        outputs = [swift for kind, swift, _ in ports if kind == "output"]
        (folder / "Package.swift").write_text(MANIFEST.replace("NAME", "Measured"))
        (folder / "Sources" / "worker").mkdir(parents=True)
        (folder / "Sources" / "worker" / "main.swift").write_text(
            WORKER.replace("NAME", "Measured")
            .replace("LOAD", "\n".join(f"let input{i} = floats(arguments[{i + 3}])" for i in range(len(inputs))))
            .replace("CALL", ", ".join(f"{swift}: input{i}" for i, (swift, _) in enumerate(inputs)))
            .replace("WRITE", "\n".join(
                f'write(first.{swift}, arguments[2] + "/{i}.f32")' for i, swift in enumerate(outputs))))
        build = ["swift", "build", "-c", "release", "--package-path", folder]
        subprocess.run(build, check=True, stdout=sys.stderr)
        path = subprocess.run(build + ["--show-bin-path"], check=True, capture_output=True, text=True)
        self.program = Path(path.stdout.strip()) / "worker"
        self.inputs = [model for _, model in inputs]
        self.network = network
        self.batch = batch

    def command(self, threads, output):
        """How it is started; where its results go as 0.f32 and so on."""
        shapes = {port["name"]: port["shape"] for port in self.network.summary["inputs"]}
        files = []
        for name in self.inputs:
            files.append(output / f"input-{len(files)}.f32")
            weight_rule.model_input(name, [self.batch, *shapes[name][1:]]).tofile(files[-1])
        return [self.program, threads, output, *files]

    def results(self, output, shapes):
        return [np.fromfile(output / f"{i}.f32", np.float32).reshape(shape) for i, shape in enumerate(shapes)]
