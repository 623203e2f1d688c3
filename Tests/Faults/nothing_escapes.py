"""Shows that nobody gets a command to read or write outside of its root by exchanging files and links meanwhile.

usage: python3 Tests/Faults/nothing_escapes.py [--modelc PATH] [--minutes 0.5]

A process exchanges, as fast as it can, files and folders below a root with symbolic and hard links to a folder outside
of it, while commands read and write there: imports, descriptions, Keras JSON, weights, arrays; fmt in place, the
outputs of convert, plot, compile and run. What lies outside is never read and stays as it was to the bit, and each
command ends by itself with 0 or 1. A careless reader, one that just opens the path, shows that there was something to
fall for. Prints what came of each command; ends with 1 if anything escaped. Needs Linux. What each kind of path alone
leads to is in Tests/DriverTests/FileAccessTests.swift.
"""
import argparse
import collections
import ctypes
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import commands

SECRET = "SENTINEL"
NET = 'modelc 1\n\nimport "%s"\n\nmodel Net {\n  input x: [N, 3]\n  output y = x |> Head()\n}\n'
BLOCK = "modelc 1\n\n/// %s\nblock Head(x: [N, C]) -> [N, %d] {\n  return     x |> Dense(%d)\n}\n"
KERAS = """{"module": "keras", "class_name": "Sequential", "config": {"name": "%s", "layers": [
{"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 3], "name": "x"}},
{"module": "keras.layers", "class_name": "Dense", "config": {"name": "y", "units": %d}}]}}"""
TRACES = re.compile(rf"{SECRET}|\b7777\b|31,?108")
"""What the numbers and words outside look like in what a command says or writes: 7777 units, 31,108 parameters."""


def weights(value):
    header = b'{"y/bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},' \
        b'"y/kernel":{"dtype":"F32","shape":[3,2],"data_offsets":[8,32]}}'
    return struct.pack("<Q", len(header)) + header + struct.pack("<8f", *[value] * 8)


def fill(folder, word, units, value):
    """The files that both sides have."""
    (folder / "blocks").mkdir(parents=True)
    (folder / "blocks" / "head.model").write_text(BLOCK % (word, units, units))
    for name in ["head.model", "part.model"]:
        (folder / name).write_text(BLOCK % (word, units, units))
    (folder / "keras.json").write_text(KERAS % (word, units))
    (folder / "w.safetensors").write_bytes(weights(value))
    (folder / "x.npy").write_bytes(commands.array([1, 3], [value] * 3))
    for name in ["net.json", "net.dot", "y.npy"]:
        (folder / name).write_text(word)
    (folder / "Net").mkdir()
    (folder / "Net" / "diary").write_text(word)


def state(folder):
    """All that can be seen of what lies outside but the times of reading."""
    found = {}
    for path, value in commands.contents(folder).items():
        status = os.lstat(folder / path)
        found[path] = (value, status.st_ino, status.st_mode, status.st_mtime_ns, status.st_size)
    return found


def exchange_for_ever(pairs):
    """Lets two names of each pair change their places, in one step each time; never returns."""
    call = ctypes.CDLL(None, use_errno=True).renameat2
    dice = random.Random(1)
    while True:
        one, other = dice.choice(pairs)
        call(-100, one, -100, other, 2)
        if dice.random() < 0.3:
            time.sleep(dice.uniform(0, 0.002))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modelc")
    parser.add_argument("--minutes", type=float, default=0.5)
    options = parser.parse_args()
    modelc = commands.executable(options.modelc)
    with tempfile.TemporaryDirectory(prefix="modelc-escape-") as folder:
        judge(Path(folder), modelc, options.minutes)


def build(folder):
    """A root, and beside it the links that its files are exchanged with; the pairs of names."""
    root, outside, stock = folder / "root", folder / "outside", folder / "stock"
    for place in root, stock:
        shutil.rmtree(place, ignore_errors=True)
    fill(root, "inside", 2, 1.0)
    stock.mkdir()
    (root / "folder.model").write_text(NET % "blocks/head.model")
    (root / "file.model").write_text(NET % "part.model")
    # To be filled by the command.
    (root / "Net" / "diary").unlink()
    (folder / "sound.model").write_text("modelc 1\nmodel Net {\n  input x: [N, 3]\n  output y = Dense(x, 2)\n}\n")
    (folder / "x.npy").write_bytes(commands.array([1, 3], [1, 1, 1]))
    pairs = []
    for place, name in enumerate(["blocks", "head.model", "part.model", "keras.json", "w.safetensors", "x.npy",
                                  "net.json", "net.dot", "y.npy", "Net"]):
        link = stock / f"symbolic{place}"
        link.symlink_to(outside / name)
        pairs.append((os.fsencode(root / name), os.fsencode(link)))
        # What the user names, a hard link too, is the user's choice; what is written or imported is not.
        if name in ("part.model", "net.json", "net.dot", "y.npy"):
            hard = stock / f"hard{place}"
            os.link(outside / name, hard)
            pairs.append((os.fsencode(root / name), os.fsencode(hard)))
    return pairs


def judge(folder, modelc, minutes):
    outside = folder / "outside"
    fill(outside, SECRET, 7777, 7777.0)
    pairs = build(folder)
    lines = {
        "import": ["check", "--root", "root", "root/file.model"],
        "import below": ["check", "--root", "root", "root/folder.model"],
        "folder": ["check", "--root", "root", "root/blocks"],
        "below a folder": ["check", "--root", "root", "root/blocks/../blocks/."],
        "Keras JSON": ["convert", "--root", "root", "--to", "model", "root/keras.json"],
        "weights": ["run", "sound.model", "-i", "x.npy", "-w", "root/w.safetensors", "-o", "results"],
        "array": ["run", "sound.model", "-i", "root/x.npy", "-w", "synthetic", "-o", "results"],
        "fmt": ["fmt", "--root", "root", "root/head.model"],
        "fmt in a folder": ["fmt", "--root", "root", "root/blocks"],
        "convert -o": ["convert", "sound.model", "-o", "root/net.json"],
        "plot -o": ["plot", "sound.model", "-o", "root/net.dot"],
        "run -o": ["run", "sound.model", "-i", "x.npy", "-w", "synthetic", "-o", "root"],
        "compile -o": ["compile", "sound.model", "-o", "root/Net"],
    }
    before = state(outside)
    counts, problems, careless, rounds = collections.Counter(), [], 0, 0
    exchanger = os.fork()
    if exchanger == 0:
        try:
            exchange_for_ever(pairs)
        finally:
            os._exit(1)
    try:
        end = time.monotonic() + 60 * minutes
        while time.monotonic() < end:
            rounds += 1
            os.kill(exchanger, signal.SIGSTOP)
            build(folder)
            os.kill(exchanger, signal.SIGCONT)
            for name, line in lines.items():
                try:
                    result = subprocess.run(
                        [modelc, *line], cwd=folder, capture_output=True, timeout=20, stdin=subprocess.DEVNULL)
                except subprocess.TimeoutExpired:
                    problems.append(f"{name}: hangs")
                    continue
                said = (result.stdout + result.stderr).decode(errors="replace")
                counts[name, result.returncode] += 1
                if result.returncode not in (0, 1):
                    problems.append(f"{name}: exit {result.returncode}: {said[:300]}")
                if TRACES.search(said):
                    problems.append(f"{name}: has read what lies outside: {said[:300]}")
                written = folder / "results" / "y.npy"
                if written.exists():
                    values = struct.unpack("<2f", written.read_bytes()[-8:])
                    written.unlink()
                    if max(map(abs, values)) > 1000:
                        problems.append(f"{name}: has computed with what lies outside")
                try:
                    careless += SECRET in (folder / "root" / "blocks" / "head.model").read_text()
                except OSError:
                    pass
            after = state(outside)
            if after != before:
                changed = [path for path in {*before, *after} if before.get(path) != after.get(path)]
                problems.append(f"round {rounds}: changed outside: {', '.join(sorted(changed))}")
                before = after
    finally:
        os.kill(exchanger, 9)
        os.waitpid(exchanger, 0)
    print(f"{'command':16} {'done':>6} {'refused':>8}")
    for name in lines:
        print(f"{name:16} {counts[name, 0]:6} {counts[name, 1]:8}")
        # Where a file is written anew, a link in its place is replaced.
        is_met = counts[name, 1] > 0 or name in ("convert -o", "plot -o", "run -o")
        if not counts[name, 0] or not is_met:
            problems.append(f"{name}: was not met by both a file and a link; let it run longer")
    print(f"a careless reader saw what lies outside {careless} times in {rounds} rounds")
    if not careless:
        problems.append("the links never stood where a file is read; let it run longer")
    for problem in problems[:100]:
        print(f"error: {problem}", file=sys.stderr)
    print(f"{len(problems)} wrong" if problems else "nothing escapes")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
