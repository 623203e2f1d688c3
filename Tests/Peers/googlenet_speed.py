"""Compares the speed of a package that modelc generates for GoogLeNet with ONNX Runtime's, batch 1.

usage: .venv/bin/python Tests/Peers/googlenet_speed.py [--modelc .build/release/modelc] [--threads 2] [--rounds 15]

Both get the same weights and the same image; their results must agree first. Each runs in a process of its own that
stays alive. They take turns, a round each, so that a busy machine slows both; the ratio is taken round by round.
"""
import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "models" / "googlenet.model"

MANIFEST = """\
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "worker",
  platforms: [.macOS(.v15)],
  dependencies: [.package(path: "GoogLeNet")],
  targets: [
    .executableTarget(name: "worker", dependencies: [.product(name: "GoogLeNet", package: "GoogLeNet")])
  ]
)
"""

WORKER = """\
import Foundation
import GoogLeNet

func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\\n").utf8)) }

let arguments = CommandLine.arguments
let bytes = try Data(contentsOf: URL(fileURLWithPath: arguments[2]))
let image = bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
let network = try GoogLeNet(threads: Int(arguments[1]))
let first = try network(image: image).probabilities
try first.withUnsafeBytes { Data($0) }.write(to: URL(fileURLWithPath: arguments[3]))
say("ready")
while let line = readLine(), let count = Int(line) {
  var seconds: [String] = []
  for _ in 0..<count {
    let start = ContinuousClock.now
    _ = try network(image: image)
    seconds.append(String((ContinuousClock.now - start) / .seconds(1)))
  }
  say(seconds.joined(separator: " "))
}
"""


def run_onnxruntime(threads, model, image, output):
    """The other worker: the same protocol as the Swift one."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    pixels = np.fromfile(image, np.float32).reshape(1, 224, 224, 3)
    feed = {"image": np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))}
    session.run(None, feed)[0].tofile(output)
    print("ready", flush=True)
    for line in sys.stdin:
        seconds = []
        for _ in range(int(line)):
            start = time.perf_counter()
            session.run(None, feed)
            seconds.append(time.perf_counter() - start)
        print(" ".join(map(repr, seconds)), flush=True)


class Worker:
    """A process that runs the network as often as it is told."""

    def __init__(self, name, command):
        self.name, self.medians, self.seconds = name, [], []
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline().strip() != "ready":
            sys.exit(f"{name} did not start")

    def run(self, count):
        self.process.stdin.write(f"{count}\n")
        self.process.stdin.flush()
        seconds = [float(text) for text in self.process.stdout.readline().split()]
        if len(seconds) != count:
            sys.exit(f"{self.name} ended")
        return seconds

    def take_turn(self, count):
        seconds = self.run(count)
        self.seconds += seconds
        self.medians.append(statistics.median(seconds))

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def check_names(modelc, weights):
    """The network here must be the one in the file, path by path."""
    report = subprocess.run([modelc, "summary", MODEL, "--format", "json"], check=True, capture_output=True, text=True)
    rows = {row["name"]: row["params"] for row in json.loads(report.stdout)["layers"]
            if row["params"] and not row.get("train_only")}
    if rows != weights:
        sys.exit(f"{MODEL.name} has other layers: {sorted(set(rows.items()) ^ set(weights.items()))}")


def build_worker(modelc, folder):
    subprocess.run(
        [modelc, "compile", MODEL, "-o", folder / "GoogLeNet", "--name", "GoogLeNet", "--weights", "synthetic"], check=True)
    (folder / "Package.swift").write_text(MANIFEST)
    (folder / "Sources" / "worker").mkdir(parents=True)
    (folder / "Sources" / "worker" / "main.swift").write_text(WORKER)
    build = ["swift", "build", "-c", "release", "--package-path", folder]
    subprocess.run(build, check=True, stdout=sys.stderr)
    path = subprocess.run(build + ["--show-bin-path"], check=True, capture_output=True, text=True)
    return Path(path.stdout.strip()) / "worker"


def compare(folder):
    ours, theirs = (np.fromfile(folder / name, np.float32) for name in ("modelc.f32", "onnxruntime.f32"))
    error = np.abs(ours - theirs)
    allowed = 1e-3 * theirs.std() + 1e-4 * np.abs(theirs)
    print(f"largest difference {error.max():.2e}; the results' standard deviation is {theirs.std():.2e}")
    if ours.shape != theirs.shape or not (error <= allowed).all():
        sys.exit("the engines disagree")


def describe(worker):
    median, spread = statistics.median(worker.seconds), statistics.quantiles(worker.seconds, n=10)
    print(
        f"{worker.name:12} median {median * 1e3:8.2f} ms   10% {spread[0] * 1e3:8.2f}   90% {spread[-1] * 1e3:8.2f}   "
        f"fastest {min(worker.seconds) * 1e3:8.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modelc", type=Path, default=ROOT / ".build" / "release" / "modelc")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--runs", type=int, default=10, help="runs of each engine in a round")
    parser.add_argument("--peer-only", action="store_true", help="measure ONNX Runtime alone")
    options = parser.parse_args()

    import onnx
    from googlenet import INPUT_SHAPE, build
    from weight_rule import model_input

    model, weights = build()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        onnx.save(model, folder / "googlenet.onnx")
        model_input("image", INPUT_SHAPE).tofile(folder / "image.f32")
        workers = []
        if not options.peer_only:
            modelc = options.modelc.resolve()
            check_names(modelc, weights)
            worker = build_worker(modelc, folder)
            workers.append(Worker(
                "modelc", [worker, options.threads, folder / "image.f32", folder / "modelc.f32"]))
        workers.append(Worker("ONNX Runtime", [
            sys.executable, __file__, "--worker", options.threads, folder / "googlenet.onnx", folder / "image.f32",
            folder / "onnxruntime.f32"]))
        if not options.peer_only:
            compare(folder)
        for worker in workers:
            worker.run(3)
        for _ in range(options.rounds):
            for worker in workers:
                # Threads that still wait for work would slow the other engine down.
                time.sleep(0.2)
                worker.take_turn(options.runs)
        print(f"GoogLeNet, batch 1, {options.threads} threads, {options.rounds} rounds of {options.runs} runs")
        for worker in workers:
            describe(worker)
            worker.close()
        if len(workers) == 2:
            ratios = sorted(ours / theirs for ours, theirs in zip(workers[0].medians, workers[1].medians))
            print("time of modelc / time of ONNX Runtime, by round: " + " ".join(f"{ratio:.2f}" for ratio in ratios))
            print(f"median {statistics.median(ratios):.3f}, from {ratios[0]:.3f} to {ratios[-1]:.3f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        run_onnxruntime(int(sys.argv[2]), *sys.argv[3:6])
    else:
        main()
