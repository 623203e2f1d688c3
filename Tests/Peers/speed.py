"""Compares the speed of modelc with that of other engines: the same weights, inputs and precision (fp32).

usage: .venv/bin/python Tests/Peers/speed.py [FILE ...] [--against onnxruntime,openvino] [--batch 1] [--threads 2]
         [--rounds 15] [--package] [--weights FILE] [--path KERNELS] [--format text|json] [--write] [--modelc PATH]

A FILE is whatever `modelc check` takes, or a name of models/ such as googlenet; `modelc bench FILE --against ...` runs this
script. Without files the whole programme is measured: eight networks, GoogLeNet with one thread and in batches of eight
too. modelc writes the network as Keras's JSON; from that ONNX Runtime and OpenVINO get an ONNX file, and TensorFlow a model
of Keras. Each engine runs in a process of its own that stays alive; modelc as `modelc bench --serve`, with --package as a
generated package too (in the whole programme GoogLeNet's alone, for each is built for minutes).

The results must agree first. Then the engines take turns, a round each, so that a busy machine slows all; in each round
the time of the peer that is the faster one over all rounds is divided by modelc's. Printed are the median and the
quartiles of all runs and of these ratios; GFLOP/s, two operations for each multiply-accumulate, and their share of what
the processor reaches in multiply-adds alone, as `modelc bench` measures it before and after; how much memory each process
takes beyond what it had before it read the network (resident at most; anonymous at the end); the time from the process's
start to its first result; and how far results are from the first peer's, as a share of their spread.

An engine that is not there or cannot run the network is named, and the others are measured. `Tests/Peers/setup` makes the
virtual environment; the one of TensorFlow is made when it is asked for. `--write` puts the whole programme's tables into
RESULTS.md and README.md. Needs Linux. The exit code is 1 if engines disagree or a network cannot be measured.
"""
import argparse
import itertools
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import machine
from keras_to_onnx import Unsupported, to_channels_first, to_channels_last
from package_worker import PackageWorker
from peer_network import Unusable, load
from peers import GRAPH, PACKAGE, PEERS, USUAL, environment, title, versions
from results import write_between, write_section
from worker import Ended, Worker
from zoo import NETWORKS

ROOT = Path(__file__).resolve().parents[2]

# Network, batch and threads.
PROGRAMME = [
    ("googlenet", 1, 1), ("googlenet", 1, 2), ("googlenet", 8, 2),
    *((name, 1, 2) for name in (
        "vgg16", "resnet50", "inceptionv3", "densenet121", "mobilenetv2", "xception", "efficientnetb0"))]

# How long an engine runs in a round, in seconds; and the rest before, for threads that still wait for work would slow
# the next engine down.
TURN, REST = 0.3, 0.2
STARTS = 5


class Disagreement(Exception):
    """Results that are too far apart."""


def quartiles(values):
    return statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else 3 * list(values)


class Contest:
    """One network, batch and number of threads."""

    def __init__(self, network, batch, threads, peers, modelc, package, kernels=()):
        self.network, self.batch, self.threads = network, batch, threads
        settings = ["--weights", network.weights_file, "--threads", threads, *kernels, *network.settings]
        bench = [modelc, "bench", network.path, "--batch", batch, *settings]
        self.commands = {GRAPH: [*bench, "--serve"]}
        self.folders = {name: Path(tempfile.mkdtemp(dir=network.folder)) for name in [GRAPH, PACKAGE, *peers]}
        if package:
            self.commands[PACKAGE] = package.command(threads, self.folders[PACKAGE])
        self.left_out = {}
        for name in peers:
            try:
                self.commands[name] = self._command(name)
            except Unsupported as problem:
                self.left_out[name] = f"it gets an ONNX file, and {problem}"
        self.package = package
        self.measure_alone = [*bench, "--runs", 1, "--format", "json"]
        self.run_once = [modelc, "run", network.path, "--output", self.folders[GRAPH], *settings]

    @property
    def peers(self):
        return [name for name in self.commands if name in PEERS]

    def _command(self, engine):
        if engine == "tensorflow":
            files, inputs = self.network.write_keras(), self.network.write_inputs(self.batch, as_they_are)
        else:
            files, inputs = [self.network.write_onnx(self.batch)], self.network.write_inputs(self.batch, to_channels_first)
        worker = Path(__file__).with_name("engine_worker.py")
        return [environment(engine), worker, engine, self.threads, self.folders[engine], *files, "--", *inputs]

    def _workers(self):
        """Those of the engines that can run the network; the others are left out."""
        workers = {}
        for name, command in list(self.commands.items()):
            try:
                workers[name] = Worker(name, command)
            except Ended as problem:
                if name not in PEERS:
                    raise
                self.left_out[name] = str(problem)
                del self.commands[name]
        return workers

    def _peak(self):
        """GFLOP/s of multiply-adds alone; None where that is not known."""
        report = subprocess.run([str(word) for word in self.measure_alone], check=True, capture_output=True, text=True)
        return json.loads(report.stdout)["peak_gflops"]

    def measure(self, rounds):
        """What was measured, as it is written as JSON."""
        peaks = [self._peak()]
        workers = self._workers()
        if not self.peers:
            raise Unusable("no engine is left to compare with: " + "; ".join(
                f"{title(name)}: {reason}" for name, reason in self.left_out.items()))
        differences = self._compare()
        turns = {name: self._runs_of_turn(worker) for name, worker in workers.items()}
        seconds = {name: [] for name in workers}
        for number in range(rounds):
            # There and back, so that none has always the same one before it.
            for name in list(workers)[::1 if number % 2 == 0 else -1]:
                time.sleep(REST)
                seconds[name].append(workers[name].run(turns[name]))
        memory = {name: worker.memory() for name, worker in workers.items()}
        starts = {name: [worker.first] for name, worker in workers.items()}
        for worker in workers.values():
            worker.close()
        for _ in range(STARTS - 1):
            for name, command in self.commands.items():
                time.sleep(REST)
                worker = Worker(name, command)
                starts[name].append(worker.first)
                worker.close()
        peaks.append(self._peak())
        return self._report(seconds, memory, starts, differences, max(filter(None, peaks), default=None))

    @staticmethod
    def _runs_of_turn(worker):
        worker.run(1)
        return max(1, min(100, round(TURN / min(worker.run(2)))))

    def _compare(self):
        """How far the results are from those of the first peer: the largest difference, as a share of their spread."""
        expected = self._results(self.peers[0])
        differences = {}
        for name in self.commands:
            differences[name] = 0.0
            for ours, theirs in zip(self._results(name), expected, strict=True):
                if ours.shape != theirs.shape:
                    raise Disagreement(f"{name} gives {ours.shape}, {self.peers[0]} {theirs.shape}")
                spread, difference = float(theirs.std()), np.abs(ours - theirs)
                if not (difference <= 1e-3 * spread + 1e-4 * np.abs(theirs)).all():
                    raise Disagreement(
                        f"{name} is {difference.max():.2g} from {self.peers[0]}, whose results spread by {spread:.2g}")
                differences[name] = max(differences[name], float(difference.max()) / (spread or 1.0))
        return differences

    def _results(self, name):
        folder, outputs = self.folders[name], self.network.outputs
        if name == GRAPH:
            files = self.network.write_inputs(self.batch, as_they_are)
            inputs = [f"--input={port}={file}" for port, file in zip(self.network.inputs, files)]
            subprocess.run([str(word) for word in self.run_once + inputs], check=True, stdout=subprocess.DEVNULL)
            return [np.load(folder / f"{output}.npy") for output in outputs]
        if name == PACKAGE:
            shapes = {port["name"]: [self.batch, *port["shape"][1:]] for port in self.network.summary["outputs"]}
            return self.package.results(folder, [shapes[output] for output in outputs])
        arrays = [np.load(folder / f"{index}.npy") for index in range(len(outputs))]
        return arrays if name == "tensorflow" else [to_channels_last(array) for array in arrays]

    def _report(self, seconds, memory, starts, differences, peak):
        rows = {}
        for name, turns in seconds.items():
            lower, median, upper = quartiles(list(itertools.chain(*turns)))
            rows[name] = {
                "median_ms": 1e3 * median, "lower_quartile_ms": 1e3 * lower, "upper_quartile_ms": 1e3 * upper,
                "gflops": 2e-9 * self.network.summary["macs"] * self.batch / median, "peak_bytes": memory[name][0],
                "anonymous_bytes": memory[name][1], "first_result_ms": 1e3 * statistics.median(starts[name]),
                "difference": differences[name]}
            rows[name]["share_of_peak"] = rows[name]["gflops"] / peak if peak else None
        best = min(self.peers, key=lambda name: rows[name]["median_ms"])
        for name in rows.keys() - set(self.peers):
            ratios = [statistics.median(theirs) / statistics.median(ours)
                      for ours, theirs in zip(seconds[name], seconds[best])]
            lower, median, upper = quartiles(ratios)
            rows[name] |= {"ratio": median, "lower_quartile_ratio": lower, "upper_quartile_ratio": upper}
        return {"network": self.network.summary["model"], "batch": self.batch, "threads": self.threads,
                "peak_gflops": peak, "best_peer": best, "engines": rows, "left_out": self.left_out}


def as_they_are(array):
    return array


def ratio(row):
    """The cell of a row; a peer has none."""
    if "ratio" not in row:
        return ""
    return f"{row['ratio']:.2f} ({row['lower_quartile_ratio']:.2f} to {row['upper_quartile_ratio']:.2f})"


def share(row):
    """Of the peak; it may be above 100 %, for Winograd's tiles need fewer multiplications than are counted."""
    return f"{row['share_of_peak']:.0%}" if row["share_of_peak"] else ""


def text(report):
    """A contest for the terminal."""
    count = report["threads"]
    peak = f", multiply-adds alone {report['peak_gflops']:.0f} GFLOP/s" if report["peak_gflops"] else ""
    lines = [
        f"{report['network']}, batch {report['batch']}, {count} thread{'' if count == 1 else 's'}{peak}",
        f"  {'':16} {'ms':>9} {'quartiles':>19} {'GFLOP/s':>8} {'of peak':>8} {'most MB':>8} {'anon. MB':>8} {'first ms':>8} "
        f"{'differs':>8}  times as fast as {title(report['best_peer'])} (quartiles)"]
    for name, row in report["engines"].items():
        spread = f"{row['lower_quartile_ms']:.2f} to {row['upper_quartile_ms']:.2f}"
        lines.append(
            f"  {title(name):16} {row['median_ms']:9.2f} {spread:>19} {row['gflops']:8.0f} {share(row):>8} "
            f"{row['peak_bytes'] / 1e6:8.1f} {row['anonymous_bytes'] / 1e6:8.1f} {row['first_result_ms']:8.0f} {row['difference']:8.0e}  {ratio(row)}".rstrip())
    lines += [f"  without {title(name)}: {reason}" for name, reason in report["left_out"].items()]
    return "\n".join(lines)


def mean_ratio(reports):
    """The geometric mean of the ratios of the networks other than GoogLeNet, where there are several; else None."""
    ratios = [report["engines"][GRAPH]["ratio"] for report in reports if report["network"] != "GoogLeNet"]
    return math.exp(statistics.fmean(map(math.log, ratios))) if len(ratios) > 1 else None


def short_table(reports, peers):
    """The times and ratios, for the README."""
    head = ["network", "batch", "threads", GRAPH, *map(title, peers), "times as fast (quartiles)"]
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    for report in reports:
        engines = report["engines"]
        for name in (name for name in (GRAPH, PACKAGE) if name in engines):
            cells = [report["network"] + (", package" if name == PACKAGE else ""), report["batch"], report["threads"]]
            cells += [f"{engines[engine]['median_ms']:.1f} ms" for engine in (name, *peers)] + [ratio(engines[name])]
            lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def long_table(reports):
    """Everything, for RESULTS.md."""
    head = ["network", "batch", "threads", "engine", "ms (quartiles)", "GFLOP/s", "of peak", "peak memory", "anonymous",
            "first result", "differs by", "times as fast (quartiles)"]
    lines = ["| " + " | ".join(head) + " |", "|---|---:|---:|---|" + "---:|" * (len(head) - 4)]
    for report in reports:
        for name, row in report["engines"].items():
            cells = [
                report["network"], report["batch"], report["threads"], title(name),
                f"{row['median_ms']:.2f} ({row['lower_quartile_ms']:.2f} to {row['upper_quartile_ms']:.2f})",
                f"{row['gflops']:.0f}", share(row), f"{row['peak_bytes'] / 1e6:.1f} MB", f"{row['anonymous_bytes'] / 1e6:.1f} MB",
                f"{row['first_result_ms']:.0f} ms", f"{row['difference']:.0e}", ratio(row)]
            lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def write_tables(reports, peers, description, rounds):
    mean = mean_ratio(reports)
    mean = f"\n\nGeometric mean over the networks other than GoogLeNet: {mean:.2f}." if mean else ""
    write_section(
        "Speed",
        f"{description}.\n\n"
        f"Medians of {rounds} interleaved rounds, fp32, all with the same weights and inputs. The ratio is how many times as\n"
        "fast as the faster one of the peers modelc was, round by round. Memory is what came on top of the process before it\n"
        "read the network; the first result is counted from the process's start. What an engine differs by is its largest\n"
        f"difference from {title(peers[0])}, as a share of the results' standard deviation. Written by\n"
        f"`.venv/bin/python Tests/Peers/speed.py --write`.\n\n{long_table(reports)}{mean}")
    write_between(
        ROOT / "README.md", "speed",
        f"{short_table(reports, peers)}{mean}\n\nMeasured on: {description}.")


def choose(name, options):
    """The file of a name, and how it is read: flags for modelc, and weights."""
    path = Path(name) if Path(name).suffix else ROOT / "models" / f"{name}.model"
    settings, weights = list(options.reading), options.weights
    if path.parent.resolve() == ROOT / "models" and path.stem in NETWORKS:
        # Made-up kernels that keep the values of deep networks in range, and sizes that the description leaves open.
        _, gain, known = NETWORKS[path.stem]
        weights = weights or f"synthetic:{gain}"
        settings = settings or [f"{flag}={value}" for flag, value in zip(known[::2], known[1::2])]
    return path.resolve(), settings, weights or "synthetic"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", metavar="FILE", nargs="*", help="or a name of models/; else the whole programme")
    parser.add_argument("--modelc", type=Path, default=ROOT / ".build" / "release" / "modelc")
    parser.add_argument("--batch", type=int, help="examples of a run; 1 if not given")
    parser.add_argument("--threads", type=int, help="of each engine; as many as there are processors if not given")
    parser.add_argument("--against", default=",".join(USUAL), help="the peers: " + ",".join(PEERS))
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--package", action="store_true", help="measure a generated package too")
    parser.add_argument("--path", help="modelc's kernels: portable, avx2, avx512, neon; else the fastest")
    parser.add_argument("--weights", help="a file that modelc reads, or synthetic:GAIN; synthetic if not given")
    parser.add_argument("--map", help="the weights' names in that file, as modelc's --map")
    parser.add_argument("--reading", metavar="FLAG", action="append", default=[], help="for modelc: --reading=--set=n=3")
    parser.add_argument("--format", choices=["text", "json"], default="text")
    parser.add_argument("--write", action="store_true", help="put the tables into RESULTS.md and README.md")
    options = parser.parse_args()
    options.peers = list(dict.fromkeys(options.against.split(",")))
    if unknown := [name for name in options.peers if name not in PEERS]:
        parser.error(f"--against takes {', '.join(PEERS)}, not {unknown[0]!r}")
    if min(options.rounds, options.batch or 1, options.threads or 1) < 1:
        parser.error("--rounds, --batch and --threads are 1 at least")
    if options.write and (options.models or options.batch or options.threads or options.peers != USUAL):
        parser.error("--write is of the whole programme, against the usual peers")
    if (options.weights or options.map or options.reading) and len(options.models) != 1:
        parser.error("--weights, --map and --reading are for one file")
    if not options.modelc.is_file():
        parser.error(f"{options.modelc} is not there: swift build -c release, or --modelc PATH")
    options.modelc = options.modelc.resolve()
    options.processors = len(os.sched_getaffinity(0))
    return options


def measure(name, contests, peers, options):
    """The reports of the contests of one network, as they come."""
    path, settings, weights = choose(name, options)
    if not path.is_file():
        raise Unusable(f"{path} is not there")
    kernels = ["--path", options.path] if options.path else []
    with tempfile.TemporaryDirectory() as folder:
        network = load(path, options.modelc, Path(folder), settings, weights, options.map)
        wants_package = options.package and (options.models or name == "googlenet")
        packages = {}
        for _, batch, threads in contests:
            if wants_package and batch not in packages:
                packages[batch] = PackageWorker(options.modelc, network, batch)
            package = packages.get(batch)
            yield Contest(network, batch, threads, peers, options.modelc, package, kernels).measure(options.rounds)


def main():
    options = arguments()
    found, missing = versions(options.peers)
    for engine, reason in missing.items():
        print(f"without {title(engine)}: {reason}", file=sys.stderr)
    peers = [name for name in options.peers if name in found]
    if not peers:
        sys.exit("there is no engine to compare with")
    chosen = [(name, 1, options.processors) for name in options.models] or PROGRAMME
    chosen = dict.fromkeys((name, options.batch or batch, options.threads or threads) for name, batch, threads in chosen)
    reports, failures = [], []
    for name, contests in itertools.groupby(chosen, key=lambda contest: contest[0]):
        try:
            for report in measure(name, contests, peers, options):
                reports.append(report)
                if options.format == "text":
                    print(text(report) + "\n", flush=True)
        except (Disagreement, Ended, Unusable) as problem:
            failures.append(f"{name}: {problem}")
        except subprocess.CalledProcessError as problem:
            failures.append(f"{name}: {problem}: {(problem.stderr or '').strip()}")
    description = machine.describe(options.modelc, {title(name): found[name] for name in peers})
    mean = mean_ratio(reports)
    if options.format == "json":
        print(json.dumps({"machine": description, "rounds": options.rounds, "geometric_mean_ratio": mean,
                          "contests": reports}, indent=2))
    elif reports:
        print((f"geometric mean over the networks other than GoogLeNet: {mean:.2f}\n" if mean else "") + description)
    for failure in failures:
        print(f"error: {failure}", file=sys.stderr)
    if options.write and not failures:
        write_tables(reports, peers, description, options.rounds)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
