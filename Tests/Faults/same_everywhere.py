"""Shows that what modelc writes depends on its input alone.

usage: python3 Tests/Faults/same_everywhere.py [--modelc PATH] [--runs 100] [--second-checkout | --second PATH]

Writes packages, JSON, formatted text, drawings, summaries, the schema and reports in all formats, and runs networks,
100 times: in other locales (made for the purpose, Turkish and right-to-left ones among them), time zones, working
directories and copies of the input, with 1, 2 and 8 threads, on one processor and on all, with other permissions by
default, and with memory that is filled with other bytes. All files and all that is printed have the same bytes each
time. --second-checkout builds modelc once more from a clone in another place and lets it take every other turn;
--second names such an executable. Prints a line for each output; ends with 1 if one differs. Needs localedef (Debian:
locales), and git and Swift for the second checkout.
"""
import argparse
import collections
import hashlib
import itertools
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import commands

LOCALES = ["C", "C.UTF-8", "tr_TR.UTF-8", "de_DE.UTF-8", "ar_EG.UTF-8", "fa_IR.UTF-8", "ja_JP.UTF-8", "none_NONE"]
ZONES = ["UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati", ":no such zone"]
NETWORKS = {"lenet5": [3, 32, 32, 1], "cifar10": [2, 3, 32, 32], "mnist": [5, 28, 28, 1]}
DRAWN = ["googlenet", "densenet121", "siamese", "unet", "inception_reductions"]


def make_locales(folder):
    tool = commands.need("localedef")
    for name in LOCALES:
        if name[2:3] == "_" and name.endswith(".UTF-8"):
            made = subprocess.run([tool, "-i", name[:5], "-f", "UTF-8", folder / name], capture_output=True)
            if not (folder / name / "LC_CTYPE").exists():
                sys.exit(f"localedef cannot make {name}: {made.stderr.decode()[:300]}; is 'locales' installed?")


def fill(place):
    """The inputs: the models, as Keras wrote them, out of form, and broken in many ways."""
    shutil.copytree(commands.ROOT / "models", place / "models")
    shutil.copytree(commands.ROOT / "Tests" / "InterchangeTests" / "Fixtures" / "googlenet", place / "keras")
    for folder in ["ragged", "broken", "arrays"]:
        (place / folder).mkdir()
    dice = random.Random(1)
    for name in DRAWN:
        text = (place / "models" / f"{name}.model").read_text()
        (place / "ragged" / f"{name}.model").write_text(text.replace("  ", "     ").replace(" |> ", "  |>\n "))
        for number in range(6):
            start = dice.randrange(len(text))
            (place / "broken" / f"{name}{number}.model").write_text(text[:start] + text[start + 7:])
    for name, shape in NETWORKS.items():
        values = [dice.uniform(-1, 1) for _ in range(math.prod(shape))]
        (place / "arrays" / f"{name}.npy").write_bytes(commands.array(shape, values))


def lines(models, out, threads):
    """What is run: (name, arguments, whether file names are part of the output)."""
    for name in DRAWN:
        model = f"{models}models/{name}.model"
        yield f"convert {name}", ["convert", model, "-o", f"{out}/{name}.model.json"], False
        yield f"convert {name} back", ["convert", f"{out}/{name}.model.json", "-o", f"{out}/{name}.model"], False
        yield f"plot {name}", ["plot", model, "-o", f"{out}/{name}.dot"], False
        yield f"summary {name}", ["summary", model, "--receptive-field", "--memory"], False
        yield f"summary {name} JSON", ["summary", model, "--format", "json"], False
        yield f"fmt {name}", ["fmt", "-"], False
    yield "convert Keras JSON", ["convert", f"{models}keras/model.json", "-o", f"{out}/keras.model"], False
    yield "domain", ["domain", f"{models}models/unet.model"], False
    yield "schema", ["schema"], False
    yield "help", ["help"], False
    for form in ["human", "json", "sarif", "github"]:
        yield f"check {form}", ["check", "models", "broken", "--format", form], True
    yield "compile", ["compile", f"{models}models/lenet5.model", "-w", "synthetic", "-o", f"{out}/LeNet5"], False
    yield "compile with a file", [
        "compile", f"{models}models/lenet5.model", "-w", "synthetic", "--weights-file", "-o", f"{out}/File"], False
    yield "compile without", ["compile", f"{models}models/inception_named.model", "-o", f"{out}/Inception"], False
    for name in NETWORKS:
        yield f"run {name}", [
            "run", f"{models}models/{name}.model", "-i", f"{models}arrays/{name}.npy", "-w", "synthetic", "-o",
            f"{out}/{name}", "-t", str(threads)], False


def outputs(modelc, place, turn, dice, locales):
    """A digest of all that each command prints and writes, by the command's name; and how it was run."""
    out = Path(tempfile.mkdtemp(prefix="out", dir=place.parent))
    is_elsewhere, one_processor = dice.random() < 0.5, dice.random() < 0.3
    how = {
        "LC_ALL": LOCALES[turn % len(LOCALES)], "TZ": ZONES[turn % len(ZONES)], "LOCPATH": str(locales),
        "MALLOC_PERTURB_": str(dice.randrange(256)), "HOME": dice.choice(["/", str(place), "/nowhere"]),
        "LANGUAGE": dice.choice(["", "tr:de"]), "COLUMNS": "120",
    }
    threads, mask = (1, 2, 8)[turn % 3], dice.choice([0o022, 0o077, 0o002])
    processors = {min(os.sched_getaffinity(0))} if one_processor else os.sched_getaffinity(0)

    def prepare():
        os.umask(mask)
        os.sched_setaffinity(0, processors)

    digests, seen = {}, set()
    for name, arguments, has_names in lines(f"{place}/" if is_elsewhere else "", out, threads):
        stdin = subprocess.DEVNULL
        if arguments[0] == "fmt":
            stdin = open(place / "ragged" / f"{name.split()[1]}.model", "rb")
        result = subprocess.run(
            [modelc, *arguments], cwd="/" if is_elsewhere and not has_names else place, stdin=stdin,
            capture_output=True, env={"PATH": os.environ["PATH"], **how}, preexec_fn=prepare)
        if stdin != subprocess.DEVNULL:
            stdin.close()
        if result.returncode != (1 if arguments[0] == "check" else 0):
            sys.exit(f"{name}: exit {result.returncode}: {(result.stderr + result.stdout).decode()[:500]}")
        digest = hashlib.sha256((result.stdout + result.stderr).replace(str(out).encode(), b"OUT"))
        written = {path: data for path, data in commands.contents(out).items() if path not in seen}
        seen |= set(written)
        for path, data in sorted(written.items()):
            digest.update(f"\n{path}\n".encode() + (data or b""))
        digests[name] = (digest.hexdigest(), sum(len(data or b"") for data in written.values()) + len(result.stdout))
    shutil.rmtree(out)
    how.update(threads=threads, umask=oct(mask), place=str(place), elsewhere=is_elsewhere, processors=len(processors),
               modelc=modelc)
    return digests, how


def second_checkout(folder):
    """modelc, built from a clone of this checkout, with what is not committed left out."""
    clone = folder / "another checkout" / "modelc"
    subprocess.run(["git", "clone", "-q", commands.ROOT, clone], check=True)
    subprocess.run(["swift", "build", "-c", "release", "--product", "modelc"], cwd=clone, check=True)
    return str(clone / ".build" / "release" / "modelc")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modelc")
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--second-checkout", action="store_true")
    parser.add_argument("--second")
    options = parser.parse_args()
    programs = [commands.executable(options.modelc)]
    with tempfile.TemporaryDirectory(prefix="modelc-same-") as folder:
        folder = Path(folder)
        locales = folder / "locales"
        locales.mkdir()
        make_locales(locales)
        if options.second or options.second_checkout:
            programs.append(options.second or second_checkout(folder))
        places = [folder / "a" / "checkout", folder / "another" / "a folder, ünnamed \U0001F600" / "x", folder / "b"]
        for place in places:
            place.mkdir(parents=True)
            fill(place)
        dice, wrong = random.Random(1), collections.Counter()
        reference, how = outputs(programs[0], places[0], 0, dice, locales)
        examples = {}
        for turn, place in zip(range(1, options.runs), itertools.cycle(places[1:] + places[:1])):
            digests, how = outputs(programs[turn % len(programs)], place, turn, dice, locales)
            for name, digest in digests.items():
                if digest[0] != reference[name][0]:
                    wrong[name] += 1
                    examples.setdefault(name, how)
        print(f"{'output':26} {'bytes':>8}  {'other':>5} of {options.runs} runs, {len(programs)} executables")
        for name, (_, size) in reference.items():
            print(f"{name:26} {size:8}  {wrong[name]:5}")
        for name, how in examples.items():
            print(f"error: {name} differs, first where {how}", file=sys.stderr)
        print(f"{len(wrong)} differ" if wrong else "the same everywhere")
        sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
