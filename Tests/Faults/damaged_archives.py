"""Damages archives and files of weights of Keras, and looks whether modelc says so.

usage: python3 Tests/Faults/damaged_archives.py [--modelc .build/release/modelc] [--count 2000] [--seed 1] [--keep FOLDER]
                                                [file ...]

Each of `count` times a file (those of Tests/WeightsTests/Fixtures, unless files are named) is cut off, has bytes or bits
changed, parts moved or doubled, or numbers of its zip headers, its HDF5 structure or its index set to what they should
not be; of archives, members are damaged and packed again too, so that checksums hold. Then come files that were made to
be bombs and traps: members that inflate to gigabytes, names with `..`, directories that overlap, indexes that name files
elsewhere. `modelc check`, `weights` and `convert` have to end by themselves with 0, 1 or 2, within a second of the
processor and 512 MiB. Prints what does not, and a line with the figures; `--keep` keeps such files. The exit code is 1 if
there was one. Needs Python alone.
"""
import argparse
import io
import json
import os
import random
import resource
import shutil
import struct
import sys
import tempfile
import zipfile
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "Tests" / "WeightsTests" / "Fixtures"
SECONDS, MEMORY = 1.0, 512
EXTREMES = [0, 1, 2, 7, 255, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 1 << 62, (1 << 63) - 1, (1 << 64) - 1]


def truncated(rng, data):
    return data[:rng.randrange(len(data))]


def flipped(rng, data):
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 8])):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


def written_over(rng, data):
    """A number of some width, where one may stand, is another."""
    data = bytearray(data)
    width = rng.choice([1, 2, 4, 8])
    place = rng.randrange(max(1, len(data) - width))
    value = rng.choice(EXTREMES + [place, len(data), len(data) - 1, rng.getrandbits(8 * width)])
    data[place:place + width] = (value & ((1 << 8 * width) - 1)).to_bytes(width, "little")
    return bytes(data)


def moved(rng, data):
    """A stretch is doubled, taken away, or stands elsewhere."""
    start, size = rng.randrange(len(data)), rng.choice([1, 4, 8, 32, 512])
    piece, other = data[start:start + size], rng.randrange(len(data))
    kind = rng.randrange(3)
    if kind == 0:
        return data[:start] + data[start + size:]
    return data[:other] + piece + data[other + (len(piece) if kind == 1 else 0):]


def marked(rng, data):
    """Behind one of the marks of its structures, a number is another."""
    marks = [b"PK\1\2", b"PK\3\4", b"PK\5\6", b"TREE", b"SNOD", b"HEAP", b"GCOL", b"OHDR", b"\x89HDF", b"PK\6\6"]
    places = [place for mark in marks for place in _all(data, mark)]
    if not places:
        return written_over(rng, data)
    data, width = bytearray(data), rng.choice([1, 2, 4, 8])
    place = rng.choice(places) + rng.randrange(4, 64)
    value = rng.choice(EXTREMES + [len(data), place])
    data[place:place + width] = (value & ((1 << 8 * width) - 1)).to_bytes(width, "little")
    return bytes(data)


def _all(data, mark):
    place = data.find(mark)
    while place >= 0:
        yield place
        place = data.find(mark, place + 1)


def repacked(rng, data):
    """An archive whose members are damaged and whose checksums hold."""
    try:
        source = zipfile.ZipFile(io.BytesIO(data))
        members = {member.filename: source.read(member) for member in source.infolist()}
    except zipfile.BadZipFile:
        return written_over(rng, data)
    name = rng.choice(list(members))
    members[name] = rng.choice([truncated, flipped, written_over, moved, marked])(rng, members[name])
    if rng.random() < 0.1:
        members[rng.choice(["../" + name, "/" + name, name.upper(), "a/../" + name, "\\" + name])] = members[name]
    if rng.random() < 0.1:
        del members[rng.choice(list(members))]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as archive:
        for key, value in members.items():
            archive.writestr(key, value)
    return target.getvalue()


DAMAGES = [truncated, flipped, written_over, moved, marked, repacked]


def traps():
    """Files that somebody made on purpose, by name."""
    source = zipfile.ZipFile(FIXTURES / "tiny.keras")
    config, weights = source.read("config.json"), source.read("model.weights.h5")

    def packed(members, method=zipfile.ZIP_DEFLATED):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", method) as archive:
            for name, value in members:
                archive.writestr(zipfile.ZipInfo(name), value, method)
        return target.getvalue()

    zeros = bytes(64 << 20)
    yield "config-bomb.keras", packed([("config.json", b'{"class_name": "' + zeros), ("model.weights.h5", weights)])
    yield "weights-bomb.keras", packed([("config.json", config), ("model.weights.h5", weights + zeros)])
    yield "spaces-bomb.keras", packed([("config.json", config + b" " * (64 << 20)), ("model.weights.h5", weights)])
    yield "brackets.keras", packed([("config.json", b"[" * (1 << 20)), ("model.weights.h5", weights)])
    yield "twice.keras", packed([("config.json", config), ("config.json", b"{}"), ("model.weights.h5", weights)])
    yield "dots.keras", packed([("../config.json", config), ("../../model.weights.h5", weights)])
    yield "absolute.keras", packed([("/etc/passwd", b"x"), ("config.json", config), ("model.weights.h5", weights)])
    yield "link.keras", _link(config)
    yield "empty.keras", packed([])
    yield "within.keras", packed([("config.json", packed([("config.json", config)])), ("model.weights.h5", weights)])
    yield "many.keras", packed([("config.json", config), ("model.weights.h5", weights)]
                               + [(f"assets/{number}", b"") for number in range(20_000)])
    lying = bytearray(packed([("config.json", config), ("model.weights.h5", weights)]))
    for place in _all(bytes(lying), b"PK\1\2"):
        lying[place + 24:place + 28] = struct.pack("<I", 0xFFFFFFF0)
    yield "says-4-gigabytes.keras", bytes(lying)
    shifted = bytearray(lying)
    for place in _all(bytes(shifted), b"PK\1\2"):
        shifted[place + 42:place + 46] = struct.pack("<I", 0)
    yield "one-place-for-all.keras", bytes(shifted)
    deflated = zlib.compressobj(9, zlib.DEFLATED, -15)
    layers = deflated.compress(zeros) + deflated.flush()
    yield "twice-deflated.keras", packed([("config.json", layers), ("model.weights.h5", layers)])
    for name, file in [("up", "../tiny.weights.h5"), ("root", "/etc/passwd"), ("none", "gone.weights.h5"), ("self", "self.weights.json"),
                       ("folder", "."), ("nothing", ""), ("zero", "a\0b"), ("long", "x" * 100_000)]:
        yield f"{name}.weights.json", json.dumps({"metadata": {}, "weight_map": {"/layers/first/vars": [file]}}).encode()
    yield "many.weights.json", json.dumps({"weight_map": {f"/layers/{i}/vars": f"{i}.weights.h5" for i in range(10**5)}}).encode()
    yield "types.weights.json", b'{"weight_map": {"a": 1, "b": [null], "c": {}}}'
    yield "list.weights.json", b'{"weight_map": []}'
    yield "deep.weights.json", b'{"weight_map": ' * 100_000


def _link(config):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        member = zipfile.ZipInfo("config.json")
        member.external_attr = 0o120777 << 16
        archive.writestr(member, "/etc/passwd")
        archive.writestr("model.weights.h5", config)
    return target.getvalue()


def run(command):
    """The exit code (negative for a signal), seconds of the processor, MiB at most."""
    silence = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0), (os.POSIX_SPAWN_DUP2, 1, 2)]
    process = os.posix_spawn(command[0], command, os.environ, file_actions=silence)
    resource.prlimit(process, resource.RLIMIT_CPU, (10, 10))
    _, status, usage = os.wait4(process, 0)
    return os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modelc", type=Path, default=ROOT / ".build" / "release" / "modelc")
    parser.add_argument("--count", type=int, default=2000, help="how many damaged files")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder for files that were not refused as they should be")
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    modelc = str(options.modelc.resolve())
    files = options.files or sorted(
        file for file in FIXTURES.iterdir() if file.name.endswith((".keras", ".h5", ".npz", ".weights.json")))
    contents = {file.name: file.read_bytes() for file in files}
    rng = random.Random(options.seed)
    codes, slowest, largest, faults = {}, 0.0, 0.0, 0

    def attempt(folder, name, data):
        nonlocal slowest, largest, faults
        path = os.path.join(folder, name)
        with open(path, "wb") as file:
            file.write(data)
        commands = [["weights", path], ["check", path], ["convert", path, "--to", "model"]]
        for words in commands:
            code, seconds, memory = run([modelc, *words])
            codes[code] = codes.get(code, 0) + 1
            slowest, largest = max(slowest, seconds), max(largest, memory)
            if code in (0, 1, 2) and seconds <= SECONDS and memory <= MEMORY:
                continue
            faults += 1
            print(f"{name}: {words[0]} ends with {code} after {seconds:.2f} s and {memory:.0f} MiB", flush=True)
            if options.keep:
                options.keep.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, options.keep / f"{faults}-{name}")
        os.unlink(path)

    with tempfile.TemporaryDirectory() as folder:
        for name, data in contents.items():
            if name.endswith(".h5") or name.endswith(".weights.json"):
                Path(folder, name).write_bytes(data)
        for number in range(options.count):
            name = rng.choice(list(contents))
            data = rng.choice(DAMAGES)(rng, contents[name])
            attempt(folder, f"{number}-{name}", data or b"\0")
        for name, data in traps():
            attempt(folder, name, data)
    listed = ", ".join(f"{code} {count:,} times" for code, count in sorted(codes.items()))
    print(f"{sum(codes.values()):,} runs over {options.count:,} damaged files and the traps: exit codes {listed}; "
          f"at most {slowest:.2f} s and {largest:.0f} MiB; {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
