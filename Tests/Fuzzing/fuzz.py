"""Feeds the readers, the checker, the formatter and the emitter with bytes that libFuzzer makes up.

usage: python3 Tests/Fuzzing/fuzz.py [--seconds 60] [--record] [target ...]      feeds targets, or all of them, in turn
       python3 Tests/Fuzzing/fuzz.py --show TARGET FILE                          runs one input and prints what it is
       python3 Tests/Fuzzing/fuzz.py --minimise TARGET FILE                      looks for a smaller input that crashes
       python3 Tests/Fuzzing/fuzz.py --parse-emitted                             gives what was emitted to the compiler

Everything is built with optimisation, bounds checks and coverage, in .build-fuzz, where the inputs that reach new code are
kept from one run to the next. AddressSanitizer watches all memory that is allocated, and each use of it in the stages
that say `unsafe`; the others Swift's own checks watch. Prints for each target how many inputs were tried, how many in a
second of the processor, how many edges of the code they have reached, and where the input of a crash lies. A crash is a
trap, a report of the sanitizer, a broken promise of a target, over 1 s of the processor, or over 512 MiB. Exits with 1
if there was one. --record adds the executions to EXECUTIONS.md. Needs Swift and its clang; nothing but Python's own
library.
"""
import argparse
import hashlib
import json
import os
import re
import resource
import shutil
import struct
import subprocess
import sys
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRATCH = ROOT / ".build-fuzz"
RECORD = Path(__file__).with_name("EXECUTIONS.md")
# Bytes of an input at most, and the parts of the time that go to each: many small inputs find more than few large ones.
# Programs made of bytes are some ten times as long.
SHARES = (0.6, 0.3, 0.1)
LENGTHS = {"language": (64, 256, 1024), "json": (512, 1024, 2048), "keras": (512, 1024, 4096), "formatter": (64, 256, 1024),
           "checker": (24, 48, 200), "emitter": (24, 48, 200), "safetensors": (256, 512, 2048), "npy": (256, 256, 512),
           "hdf5": (10240, 10240, 10240), "archive": (4096, 4096, 4096), "inflate": (64, 256, 1024)}
# What is freed is kept for a while, so that its use is seen; where it was allocated is not, which takes long. Neither is
# memory filled, nor the stack watched after a return: no Swift looks there.
SANITIZER = ("detect_leaks=0:malloc_context_size={}:quarantine_size_mb=1:thread_local_quarantine_size_kb=64"
             ":max_malloc_fill_size=0:detect_stack_use_after_return=0")


def unsafe_stages():
    """The targets of the compiler whose sources say `unsafe`."""
    return sorted({path.relative_to(ROOT / "Sources").parts[0] for path in ROOT.glob("Sources/**/*.swift")
                   if re.search(r"\bunsafe\b", path.read_text())})


def build():
    """The path of the executable."""
    library = f"libclang_rt.fuzzer_no_main-{os.uname().machine}.a"
    clang = Path(shutil.which("swiftc")).resolve().with_name("clang")
    path = subprocess.run([clang, f"-print-file-name={library}"], capture_output=True, text=True, check=True).stdout
    options = ["-c", "release", "--product", "Fuzzing", "--scratch-path", str(SCRATCH)]
    subprocess.run(["swift", "build", "--quiet", *options], cwd=ROOT, check=True,
                   env=os.environ | {"MODELC_LIBFUZZER": path.strip(), "MODELC_UNSAFE": " ".join(unsafe_stages())})
    return SCRATCH / "release" / "Fuzzing"


def run(executable, *arguments, frames=0, **options):
    """Runs the executable; the same inputs take the same ways in every run."""
    environment = {"ASAN_OPTIONS": SANITIZER.format(frames), "SWIFT_DETERMINISTIC_HASHING": "1",
                   "SWIFT_BACKTRACE": "enable=no"}
    return subprocess.run([executable, *map(str, arguments)], stdin=subprocess.DEVNULL, env=os.environ | environment,
                          **options)


# Seeds


def texts():
    """The `.model` files of the repository, and the small ones in the explanations of problems."""
    models = [path.read_bytes() for path in sorted(ROOT.rglob("*.model")) if ".build" not in str(path)]
    pages = [path.read_text() for path in sorted(ROOT.glob("Sources/Explanations/Pages/*.md"))]
    models += [block.encode() for page in pages for block in re.findall(r"```model\n(.*?)```", page, re.S)]
    return models


def keras():
    """Networks that Keras wrote, and each of their layers behind an input of its own."""
    seeds = []
    for path in sorted(ROOT.glob("Tests/InterchangeTests/Fixtures/*/model.json")):
        network = json.loads(path.read_bytes())
        seeds.append(network)
        for layer in network["config"].get("layers", []):
            source = {"class_name": "InputLayer", "config": {"batch_shape": [None, 8, 8, 3], "name": "x"}, "name": "x"}
            layer = {key: value for key, value in layer.items() if key != "inbound_nodes"}
            seeds.append({"class_name": "Sequential", "config": {"name": "s", "layers": [source, layer]}})
    return [json.dumps(seed, separators=(",", ":")).encode() for seed in seeds]


def small_json():
    values = ["0", "-0.0", "1e-400", "1e400", "true", "null", '""', '"\\uD800\\uDC00"', '"\\u0000"', "[]", "{}", "[1,2]"]
    nested = "[" * 150 + "]" * 150
    texts = values + [nested] + [f'{{"modelc":1,"models":[{{"name":{value},"body":[]}}]}}' for value in values]
    return [text.encode() for text in texts]


def safetensors():
    def file(header, data):
        text = json.dumps(header, separators=(",", ":")).encode()
        return struct.pack("<Q", len(text)) + text + data
    sizes = {"F32": 4, "F16": 2, "BF16": 2, "F64": 8, "I64": 8, "U8": 1, "BOOL": 1, "F8_E4M3": 1}
    seeds = [file({"a": {"dtype": name, "shape": [2], "data_offsets": [0, 2 * size]}}, bytes(range(2 * size)))
             for name, size in sizes.items()]
    two = {"a/kernel": {"dtype": "F32", "shape": [2, 1], "data_offsets": [0, 8]},
           "é\n": {"dtype": "F16", "shape": [], "data_offsets": [8, 10]}}
    return seeds + [file({}, b""), file(two | {"__metadata__": {"format": "pt"}}, b"0123456789")]


def npy():
    def file(kind, order, shape, data, version=1):
        text = f"{{'descr': '{kind}', 'fortran_order': {order}, 'shape': {shape}, }}\n".encode()
        return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(text)) + text + data
    kinds = ["f2", "f4", "f8", "b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]
    seeds = [file(sign + kind, order, "(2, 3)", bytes(range(6 * int(kind[1]))))
             for kind in kinds for sign, order in [("<", False), (">", True)]]
    return seeds + [file("<f4", False, "()", b"abcd"), file("|u1", True, "(0, 4)", b""), file("<f4", False, "(1,)", b"abcd", 2)]


def weights(*names):
    """Files of weights that Keras and NumPy wrote."""
    return [(ROOT / "Tests/WeightsTests/Fixtures" / name).read_bytes() for name in names]


def inflate():
    """What zlib makes of a few texts, behind the size that they have."""
    texts = [b"", b"a", b"hello " * 40, bytes(range(256)), b"\0" * 3000]
    seeds = []
    for text in texts:
        for level, strategy in [(0, zlib.Z_DEFAULT_STRATEGY), (9, zlib.Z_FIXED), (9, zlib.Z_DEFAULT_STRATEGY)]:
            compressor = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
            seeds.append(struct.pack("<H", len(text)) + compressor.compress(text) + compressor.flush())
    return seeds


def seeds(target, executable):
    if target in ("language", "formatter"):
        return texts()
    if target == "json":
        programs, folder = SCRATCH / "programs", SCRATCH / "converted"
        for place in (programs, folder):
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
        for number, text in enumerate(texts()):
            (programs / f"{number}.model").write_bytes(text)
        run(executable, "convert", folder, *sorted(programs.iterdir()), check=True)
        written = [json.dumps(json.loads(path.read_bytes()), separators=(",", ":")) for path in sorted(folder.iterdir())]
        return [text.encode() for text in written] + small_json()
    if target in ("checker", "emitter"):
        return [bytes((step * place * place + place) % 256 for place in range(80)) for step in range(1, 64)]
    if target in ("hdf5", "archive"):
        hdf5 = ["old.h5", "new.h5", "chunks.h5", "dense.h5", "types.h5"]
        return weights(*(hdf5 if target == "hdf5" else ["arrays.npz", "tiny.keras"]))
    return {"keras": keras, "safetensors": safetensors, "npy": npy, "inflate": inflate}[target]()


def dictionary(target, seeds):
    """The words of the seeds, and those of the language's reference for texts."""
    if target in ("checker", "emitter", "inflate"):
        return []
    if target in ("hdf5", "archive"):
        return [b"TREE", b"SNOD", b"HEAP", b"GCOL", b"OHDR", b"OCHK", b"PK\1\2", b"PK\3\4", b"PK\5\6", b"PK\6\6", b"\xFF" * 8]
    words = set(re.findall(rb"[A-Za-z_][A-Za-z_0-9]*|[-+*/|<>=!]{2}", b"\n".join(seeds)))
    if target in ("language", "formatter", "json"):
        words |= set(re.findall(rb"`([a-z_]+)`", (ROOT / "Grammar.md").read_bytes()))
    if target not in ("language", "formatter"):
        words |= {b"\\u0000", b"\\uD800", b"9223372036854775807", b"9223372036854775808", b"1e400", b"-0", b"null"}
    return sorted(word for word in words if 1 < len(word) < 40)


def prepare(target, executable):
    """The folder of the target's inputs, with its seeds, and its dictionary."""
    folder = SCRATCH / "inputs" / target
    folder.mkdir(parents=True, exist_ok=True)
    given = [seed for seed in seeds(target, executable) if len(seed) <= LENGTHS[target][-1]]
    for seed in given:
        (folder / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
    words = SCRATCH / f"{target}.words"
    def escaped(byte):
        return chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\x{byte:02X}"
    words.write_text("".join('"' + "".join(map(escaped, word)) + '"\n' for word in dictionary(target, given)))
    return folder, words


# Runs


def feed(target, executable, seconds):
    """What came of a run: executions, those in a second of the processor, edges, and the path of a crash's input."""
    folder, words = prepare(target, executable)
    crashes = SCRATCH / "crashes"
    crashes.mkdir(exist_ok=True)
    log = SCRATCH / f"{target}.log"
    # To name a function that is new takes longer than a thousand inputs; nobody else adds to the folder.
    options = ["-timeout=60", "-rss_limit_mb=512", f"-artifact_prefix={crashes}/{target}-", "-print_final_stats=1",
               "-detect_leaks=0", "-entropic=0", "-print_funcs=0", "-reload=0", "-report_slow_units=60"]
    if words.stat().st_size > 0:
        options.append(f"-dict={words}")
    executions, edges, before = 0, 0, processor_time()
    for length, part in zip(LENGTHS[target], SHARES):
        span = [f"-max_total_time={max(1, round(part * seconds))}", f"-max_len={length}"]
        with open(log, "wb") as output:
            status = run(executable, target, *options, *span, folder, stdout=output, stderr=subprocess.STDOUT).returncode
        text = log.read_text(errors="replace")
        def last(pattern):
            found = re.findall(pattern, text)
            return int(found[-1]) if found else 0
        executions += last(r"stat::number_of_executed_units: (\d+)") or last(r"#(\d+)\s")
        edges = max(edges, last(r" cov: (\d+)"))
        crash = re.search(r"Test unit written to (\S+)", text)
        if status != 0:
            break
    return executions, int(executions / (processor_time() - before)), edges, status, crash.group(1) if crash else None


def processor_time():
    """Seconds of the processor that the programs have had that were run: a busy machine makes no target slow."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def recorded():
    rows = re.findall(r"^\| (\w+) \| ([\d,]+) \| (\w+) \|$", RECORD.read_text(), re.M) if RECORD.exists() else []
    return {name: (int(count.replace(",", "")), commit) for name, count, commit in rows}


def record(target, count):
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    rows = recorded()
    rows[target] = (rows.get(target, (0, ""))[0] + count, commit)
    lines = [f"| {name} | {rows[name][0]:,} | {rows[name][1]} |" for name in LENGTHS if name in rows]
    RECORD.write_text("# Inputs tried\n\nWhat `fuzz.py --record` has added up, each with the commit of the last run.\n\n"
                      "| target | inputs | commit |\n|---|---:|---|\n" + "\n".join(lines) + "\n")


def parse_emitted(executable):
    """Gives the Swift files of all kept inputs of the emitter to the compiler's parser; the number that it refuses."""
    folder = SCRATCH / "emitted"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    inputs = sorted((SCRATCH / "inputs" / "emitter").iterdir())
    for start in range(0, len(inputs), 500):
        run(executable, "emit", folder, *inputs[start:start + 500], check=True)
    distinct = {hashlib.sha1(path.read_bytes()).digest(): path for path in sorted(folder.iterdir())}
    refused = 0
    for path in distinct.values():
        result = subprocess.run(["swiftc", "-frontend", "-parse", "-swift-version", "6", path], capture_output=True, text=True)
        if result.returncode != 0 or result.stderr:
            refused += 1
            print(path, result.stderr, sep="\n")
    print(f"{len(inputs)} inputs, {len(distinct)} different Swift files, {refused} refused by the compiler's parser")
    return refused


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--show", nargs=2, metavar=("TARGET", "FILE"))
    parser.add_argument("--minimise", nargs=2, metavar=("TARGET", "FILE"))
    parser.add_argument("--parse-emitted", action="store_true")
    parser.add_argument("targets", nargs="*", metavar="target", help=", ".join(LENGTHS))
    options = parser.parse_args()
    unknown = set(options.targets) - set(LENGTHS)
    if unknown:
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    executable = build()
    if options.show:
        print(run(executable, "show", *options.show, capture_output=True, text=True).stdout)
        return run(executable, options.show[0], "-rss_limit_mb=512", options.show[1], frames=30).returncode != 0
    if options.minimise:
        target, path = options.minimise
        return run(executable, target, "-minimize_crash=1", "-max_total_time=60", f"-exact_artifact_path={path}.small", path).returncode
    if options.parse_emitted:
        return parse_emitted(executable) > 0
    print(f"{'target':12} {'executions':>12} {'per second':>10} {'edges':>7}  crash", flush=True)
    crashed = False
    for target in options.targets or LENGTHS:
        count, rate, edges, status, crash = feed(target, executable, options.seconds)
        print(f"{target:12} {count:12,} {rate:10,} {edges:7,}  {crash or ('-' if status == 0 else f'exit {status}')}", flush=True)
        crashed = crashed or status != 0
        if options.record:
            record(target, count)
    return crashed


if __name__ == "__main__":
    sys.exit(main())
