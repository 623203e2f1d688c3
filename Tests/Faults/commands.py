"""The commands that write files, each with what stands in its place before and what is to stand there afterwards."""
import os
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NEEDS = {
    "strace": "strace (apt-get install strace)",
    "cc": "a C compiler as cc, gcc or clang (apt-get install gcc)",
    "dot": "Graphviz (apt-get install graphviz)",
    "localedef": "localedef and the sources of locales (apt-get install locales)",
}
LEFTOVER = re.compile(r"\.modelc-[0-9a-f]{16}$")
"""What ends the name of a staged file or folder, see Sources/Runtime/Staging.swift."""

MODEL = """modelc 1

model Net {
  input x: [N, 3]
  output y = x |> Dense(%d) |> ReLU()
  output z = Dense(x, 2)
}
"""
KEPT = {".git/HEAD": b"history\n", ".build/debug": b"a build\n"}


def need(tool):
    """The path of a program, or the end of the script with what to install."""
    names = ["cc", "gcc", "clang"] if tool == "cc" else [tool]
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        sys.exit(f"{Path(sys.argv[0]).name} needs {NEEDS[tool]}")
    return path


def executable(given):
    """The modelc to be judged: as given, or the release build of this checkout."""
    path = Path(given or ROOT / ".build" / "release" / "modelc").resolve()
    if not os.access(path, os.X_OK):
        sys.exit(f"{path} is no program: swift build -c release --product modelc makes it, or say --modelc PATH")
    return str(path)


def array(shape, values):
    """A .npy file of floats."""
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {tuple(shape)}, }}".encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + struct.pack(f"<{len(values)}f", *values)


def contents(folder):
    """Everything below a folder by its relative path: bytes of files, targets of links, None for folders."""
    found = {}
    for path, folders, files in os.walk(folder):
        for name in folders + files:
            full = os.path.join(path, name)
            key = os.path.relpath(full, folder)
            if os.path.islink(full):
                found[key] = os.readlink(full)
            elif os.path.isdir(full):
                found[key] = None
            else:
                found[key] = Path(full).read_bytes()
    return found


class Scene:
    """A command that writes `targets` into the folder `out`, and the states in which those may be."""

    def __init__(self, name, folder, modelc, arguments, targets, is_new=False, kept=False):
        self.name, self.folder, self.modelc, self.targets = name, folder / name.replace(" ", "-"), modelc, targets
        self.out, self.template = self.folder / "out", self.folder / "template"
        self.out.mkdir(parents=True)
        self.command = [modelc, *arguments]
        self.starts_program = name == "plot svg"
        (self.folder / "net.model").write_text(MODEL % 4)
        (self.folder / "x.npy").write_bytes(array([2, 3], [1, 2, 3, 4, 5, 6]))
        if name.startswith("fmt"):
            (self.out / targets[0]).write_text((MODEL % 4).replace("  ", "     "))
        elif not is_new:
            self.finish()
        (self.folder / "net.model").write_text(MODEL % 5)
        if kept:
            for path, data in KEPT.items():
                (self.out / targets[0] / path).parent.mkdir(exist_ok=True)
                (self.out / targets[0] / path).write_bytes(data)
        self.add_neighbors()
        self.kept = {f"{targets[0]}/{path}": data for path, data in KEPT.items()} if kept else {}
        shutil.copytree(self.out, self.template, symlinks=True)
        self.old = contents(self.out)
        self.finish()
        self.new = contents(self.out)
        if {key for key in self.new if self.owner(key) is None} != set(self.neighbors):
            sys.exit(f"{name}: a whole run leaves something beside its target")
        if all(self.state(self.old, target) == self.state(self.new, target) for target in targets):
            sys.exit(f"{name}: a run changes nothing, so that nothing can be seen")
        self.reset()

    def add_neighbors(self):
        """Files of the user that are called nearly as ours: nobody may touch them."""
        before = set(contents(self.out))
        for target in {os.path.normpath(target) for target in self.targets}:
            place, name = (self.out / target).parent, os.path.basename(target)
            place.mkdir(exist_ok=True)
            for similar in [
                f".{name}.modelc-notes", f".{name}.modelc-0123456789abcdeg", f".{name}.modelc-0123456789ABCDEF",
                f".{name}.modelc-0123456789abcde", f".{name}.modelc-0123456789abcdef0", f".{name}.12345.partial",
                f"{name}~", f".other-{name}.modelc-0123456789abcdef", f"{name}.modelc-0123456789abcdef",
            ]:
                (place / similar).write_text("the user's\n")
            shelf = place / f".{name}.modelc-00000000000000ff"
            shelf.mkdir()
            (shelf / "diary").write_text("the user's\n")
            os.symlink("diary", place / f".{name}.modelc-00000000000000fe")
        self.neighbors = {key: value for key, value in contents(self.out).items() if key not in before}

    def run(self, *prefix, **options):
        """A run that takes so long hangs, on a machine with much other work too."""
        return subprocess.run(
            [*prefix, *self.command], cwd=self.folder, capture_output=True, timeout=600, stdin=subprocess.DEVNULL,
            **options)

    def finish(self):
        """Runs the command undisturbed."""
        result = self.run()
        if result.returncode != 0:
            sys.exit(f"{self.name}: an undisturbed run ends with {result.returncode}: {result.stderr.decode()}")

    def reset(self):
        if not self.out.exists() or contents(self.out) != self.old:
            shutil.rmtree(self.out, ignore_errors=True)
            shutil.copytree(self.template, self.out, symlinks=True)

    def owner(self, key):
        """The target that a path belongs to."""
        return next((target for target in self.targets if key == target or key.startswith(target + "/")), None)

    def state(self, found, target):
        """What a target is: its bytes, or the files of its folder; None if it is not there."""
        if target not in found:
            return None
        return {
            key: value for key, value in found.items()
            if self.owner(key) == target and key not in self.kept and value is not None}

    def judge(self):
        """(old or new of each target, leftovers, what is wrong)"""
        found = contents(self.out)
        states, problems = [], []
        for target in self.targets:
            state = self.state(found, target)
            # The new first: where both are the same, it is.
            if state == self.state(self.new, target):
                states.append("new")
            elif state == self.state(self.old, target):
                states.append("old")
            else:
                problems.append(f"{target} is torn")
        leftovers = set()
        for key, value in found.items():
            if key in self.neighbors or self.owner(key) is not None or key in self.old or key in self.new:
                continue
            parts = Path(key).parts
            index = next((place for place, part in enumerate(parts) if LEFTOVER.search(part)), None)
            if index is None:
                problems.append(f"{key} is nobody's")
            else:
                leftovers.add("/".join(parts[:index + 1]))
        problems += [f"{key} is not as the user left it" for key, value in self.neighbors.items()
                     if found.get(key, 0) != value]
        for key, data in self.kept.items():
            places = [key] + [leftover + key[len(self.targets[0]):] for leftover in leftovers]
            if [found.get(place) for place in places].count(data) != 1:
                problems.append(f"{key} is lost")
        return states, leftovers, problems

    def sweep(self):
        """Runs the command once more: what is wrong afterwards."""
        self.finish()
        states, leftovers, problems = self.judge()
        if leftovers:
            problems.append(f"the next run leaves {', '.join(sorted(leftovers))}")
        if set(states) != {"new"}:
            problems.append("the next run does not write what is new")
        missing = [key for key in self.kept if not (self.out / key).exists()]
        return problems + [f"{key} is not given back" for key in missing]


def scenes(folder, modelc, wish):
    """All commands that write, or those whose names hold a word."""
    table = [
        ("convert", ["convert", "net.model", "-o", "out/net.json"], ["net.json"], {}),
        ("convert anew", ["convert", "net.model", "-o", "out/net.json"], ["net.json"], {"is_new": True}),
        ("fmt", ["fmt", "out/net.model"], ["net.model"], {}),
        ("plot dot", ["plot", "net.model", "-o", "out/net.dot"], ["net.dot"], {}),
        ("plot svg", ["plot", "net.model", "-o", "out/net.svg"], ["net.svg"], {}),
        ("run", ["run", "net.model", "-i", "x.npy", "-w", "synthetic", "-o", "out", "-t", "1"], ["y.npy", "z.npy"], {}),
        ("compile", ["compile", "net.model", "-w", "synthetic", "-o", "out/Net"], ["Net"], {}),
        ("compile anew", ["compile", "net.model", "-o", "out/Net"], ["Net"], {"is_new": True}),
        ("compile kept", ["compile", "net.model", "-o", "out/Net"], ["Net"], {"kept": True}),
    ]
    for name, arguments, targets, options in table:
        if wish and not any(word in name for word in wish):
            continue
        if name == "plot svg":
            need("dot")
        yield Scene(name, folder, modelc, arguments, targets, **options)
