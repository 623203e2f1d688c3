"""Runs commands where little is given to them, and looks whether they end by themselves and with a word.

usage: [TMPDIR=/dev/shm] python3 Tests/Faults/poor_surroundings.py [--modelc PATH] [COMMAND …]

Commands that write (those of nothing_is_torn.py) and that only read, or those whose names hold one of the words given, run

  streams      with standard input, output and error closed, on a full device, or on a pipe that nobody reads, in all ways
  sizes        where files may not grow beyond so many bytes, down to none
  descriptors  with no more open files than so many
  stacks       with a stack as small as the system starts programs with, on descriptions nested as deep as may be
  places       in a folder that has been deleted, and in one whose path is too long to be said
  settings     without an environment, in locales, time zones and folders that there are not, in terminals of no width
  cut          while a file of weights that they read, and have mapped, becomes a short one

Each ends with 0, 1, 2 or 3, within a second of the processor and 512 MiB; who fails says so where there is somebody to
say it to; the output is the old one or the new one, and the next run clears what is left. Prints a line for each kind of
surroundings and each command, then what is wrong; ends with 1 if anything is. Needs Linux.
"""
import argparse
import collections
import errno
import fcntl
import itertools
import os
import pty
import resource
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from pathlib import Path

import commands

SECONDS, MEMORY = 1.0, 512
DEEP = 199
"""How deep a description may be nested, and so deep are those on small stacks."""


class End:
    """How a process has ended: its exit code, what it said, what it took."""

    def __init__(self, code, said, usage):
        self.code, self.said = code, said
        self.seconds, self.memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024

    def problems(self, is_heard=True):
        if self.code not in (0, 1, 2, 3):
            yield f"exit {self.code}"
        elif self.code != 0 and is_heard and not self.said:
            yield f"exit {self.code} without a word"
        if self.seconds > SECONDS or self.memory > MEMORY:
            yield f"{self.seconds:.2f} s, {self.memory:.0f} MiB"


def run(command, folder, prepare=None, environment=None, during=None, streams=None, limit=600):
    """Runs a command; `prepare` is called in the new process, `during` beside it. What it prints is gathered unless
    `streams` says where its output and its errors go."""
    out, err = streams or (subprocess.PIPE, subprocess.STDOUT)
    process = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err, preexec_fn=prepare, env=environment)
    alarm = threading.Timer(limit, process.kill)
    alarm.start()
    if during:
        during()
    said = b"" if process.stdout is None else process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    alarm.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return End(process.returncode, said, usage)


# MARK: Surroundings: each is a name with what run is called with


def streams():
    """Each of the three streams as it is, closed, on a full device, and output on a pipe that nobody reads."""
    for ways in itertools.product(["open", "closed"], ["open", "closed", "full", "unread"], ["open", "closed", "full"]):
        def prepare(ways=ways):
            for stream, way in enumerate(ways):
                if way == "closed":
                    os.close(stream)
                elif way == "full":
                    os.dup2(os.open("/dev/full", os.O_WRONLY), stream)
                elif way == "unread":
                    reading, writing = os.pipe()
                    os.dup2(writing, stream)
                    os.close(reading)
                    os.close(writing)
        yield f"streams {', '.join(ways)}", {"prepare": prepare}, ways[2] == "open"


def limits(name, kind, values):
    for value in values:
        yield f"{name} {value}", {"prepare": lambda value=value: resource.setrlimit(kind, (value, value))}, True


def settings():
    yield "no environment", {"environment": {}}, True
    for key, value in [
        ("LC_ALL", "none_NONE"), ("LC_ALL", "/etc/passwd"), ("LANG", "x" * 5000), ("TZ", ":../../etc/passwd"),
        ("TMPDIR", "/no such folder"), ("HOME", "/dev/null"), ("PATH", ""), ("COLUMNS", "0"), ("COLUMNS", "-1"),
        ("COLUMNS", "1"), ("COLUMNS", "9" * 30), ("TERM", "\x1b[2J"),
    ]:
        yield f"{key}={value[:20]!r}", {"environment": dict(os.environ, **{key: value})}, True
    for width in (0, 1, 65535):
        screen, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 0, width, 0, 0))
        # Somebody has to read what a terminal shows, or writing to it waits.
        threading.Thread(target=drain, args=(screen,), daemon=True).start()
        yield f"a terminal of {width} columns", {"streams": (terminal, terminal)}, False


def drain(screen):
    while True:
        try:
            if not os.read(screen, 65536):
                return
        except OSError as problem:
            if problem.errno in (errno.EIO, errno.EBADF):
                return
            raise


def surroundings():
    yield from streams()
    yield from limits("sizes", resource.RLIMIT_FSIZE, [0, 1, 100, 511, 512, 513, 4096, 20000])
    # The loader needs some itself.
    yield from limits("descriptors", resource.RLIMIT_NOFILE, range(4, 24))
    yield from limits("stacks", resource.RLIMIT_STACK, [64 << 10, 256 << 10, 1 << 20])
    yield from settings()


# MARK: Commands


class Reading:
    """A command that writes nothing but what it prints."""

    def __init__(self, name, folder, modelc, arguments):
        self.name, self.folder, self.command = name, folder, [modelc, *arguments]


def reading_commands(folder, modelc):
    folder.mkdir()
    (folder / "net.model").write_text(commands.MODEL % 4)
    (folder / "keras.json").write_bytes(
        (commands.ROOT / "Tests/InterchangeTests/Fixtures/googlenet/model.json").read_bytes())
    for name, arguments in [
        ("check", ["check", "net.model"]), ("summary", ["summary", "net.model"]), ("check Keras", ["check", "keras.json"]),
        ("convert Keras", ["convert", "keras.json"]), ("schema", ["schema"]), ("help", ["help"]),
        ("no command", ["nonsense"]),
    ]:
        yield Reading(name, folder, modelc, arguments)


class Table:
    def __init__(self):
        self.problems = []

    def judge(self, name, ends):
        """A line for what has ended: pairs of what was tried and what was wrong with it, with the exit code."""
        counts = collections.Counter(f"exit {code}" for _, code, _ in ends)
        wrong = [f"{name}, {what}: {problem}" for what, _, problems in ends for problem in problems]
        told = ", ".join(f"{count} {code}" for code, count in sorted(counts.items()))
        print(f"{name:16} {len(ends):6} {len(wrong):5}  {told}", flush=True)
        self.problems += wrong


def try_everywhere(command, table):
    ends = []
    for what, how, is_heard in surroundings():
        # Graphviz draws without its fonts where it cannot open them, and says that all is well.
        if command.name == "plot svg" and what.startswith("descriptors"):
            continue
        is_writing = isinstance(command, commands.Scene)
        if is_writing:
            command.reset()
        end = run(command.command, command.folder, **how)
        problems = list(end.problems(is_heard))
        if is_writing:
            states, leftovers, wrong = command.judge()
            problems += wrong or (command.sweep() if leftovers else [])
            if end.code == 0 and set(states) != {"new"}:
                problems.append("success without the new output")
        ends.append((what, end.code, problems))
    table.judge(command.name, ends)


# MARK: Deep nesting


def deep_texts():
    """Descriptions that are nested as deep as may be, each in another way."""
    head = "modelc 1\n\nmodel Deep {\n  input x: [N, 3]\n  output y = "
    yield "calls", head + "ReLU(" * DEEP + "x" + ")" * DEEP + "\n}\n"
    yield "parentheses", head + "x |> Dense(" + "(" * DEEP + "3" + ")" * DEEP + ")\n}\n"
    yield "sums", head + "x + (" * DEEP + "x" + ")" * DEEP + "\n}\n"
    yield "lists", head + "x |> Reshape(" + "[" * DEEP + "3" + "]" * DEEP + ")\n}\n"
    yield "conditions", head + "if 1 == 1 { " * DEEP + "x" + " } else { x }" * DEEP + "\n}\n"
    yield "brackets", head + "(" * 100_000
    blocks = "".join(
        f"\nblock B{i}(x: [N, C]) -> [N, C] {{\n  return x |> {f'B{i + 1}()' if i < DEEP - 1 else 'ReLU()'}\n}}\n"
        for i in range(DEEP))
    yield "blocks", "modelc 1\n" + blocks + head[9:] + "ReLU(" * 90 + "x |> B0()" + ")" * 90 + "\n}\n"
    yield "JSON", "[" * 100_000


def try_deep(modelc, folder, table):
    folder.mkdir()
    for what, text in deep_texts():
        name = f"{what}.json" if what == "JSON" else f"{what}.model"
        (folder / name).write_text(text)
        ends = []
        for arguments in [
            ["check"], ["fmt", "--check"], ["convert"], ["convert", "--to", "python"], ["summary", "--plan"], ["domain"],
            ["plot"],
        ]:
            for how, limited, _ in limits("stack", resource.RLIMIT_STACK, [64 << 10, 256 << 10, 1 << 20, 8 << 20]):
                end = run([modelc, *arguments, name], folder, **limited)
                ends.append((f"{' '.join(arguments)}, {how}", end.code, list(end.problems())))
        table.judge(f"deep {what}", ends)


# MARK: Places


def try_places(modelc, folder, table):
    model = folder / "place.model"
    model.write_text(commands.MODEL % 4)
    ends = []
    for what in ["a folder that is gone", "a path that is too long"]:
        for arguments in [
            ["check", str(model)], ["check", "net.model"], ["check", "."], ["fmt", "-"], ["compile", str(model)],
            ["convert", str(model), "-o", "net.json"], ["plot", str(model), "-o", "net.dot"],
        ]:
            place = tempfile.mkdtemp(dir=folder)

            def enter(place=place, what=what):
                os.chdir(place)
                if what == "a folder that is gone":
                    os.rmdir(place)
                    return
                for _ in range(20):
                    os.mkdir("d" * 250)
                    os.chdir("d" * 250)

            end = run([modelc, *arguments], folder, prepare=enter)
            ends.append((f"{' '.join(arguments)} in {what}", end.code, list(end.problems(arguments != ["fmt", "-"]))))
    table.judge("places", ends)


# MARK: Files that are cut off while they are read


def try_cut(modelc, folder, table, size=64 << 20):
    folder.mkdir()
    count = size // 4
    header = b'{"y/kernel":{"dtype":"F32","shape":[1024,%d],"data_offsets":[0,%d]}}' % (count // 1024, size)
    header += b" " * (-len(header) % 8)
    file = folder / "w.safetensors"
    (folder / "net.model").write_text(
        f"modelc 1\n\nmodel Net {{\n  input x: [N, 1024]\n  output y = Dense(x, {count // 1024}, use_bias: false)\n}}\n")
    (folder / "x.npy").write_bytes(commands.array([1, 1024], [1] * 1024))
    ends = []
    for arguments in [
        ["weights", file.name], ["weights", file.name, "-o", "o.npz"], ["compile", "net.model", "-w", file.name, "-o", "Net"],
        ["run", "net.model", "-i", "x.npy", "-w", file.name, "-o", "out"],
    ]:
        for delay in (0.005, 0.01, 0.02, 0.03, 0.05, 0.08):
            file.write_bytes(struct.pack("<Q", len(header)) + header + bytes(size))

            def cut(delay=delay):
                time.sleep(delay)
                os.truncate(file, 4096)

            end = run([modelc, *arguments], folder, during=cut)
            ends.append((f"{' '.join(arguments)} after {1e3 * delay:.0f} ms", end.code, list(end.problems())))
    table.judge("cut", ends)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modelc")
    parser.add_argument("commands", nargs="*", metavar="COMMAND")
    options = parser.parse_args()
    modelc, table = commands.executable(options.modelc), Table()
    # A crash is a signal here, not a second of the runtime's own account of it.
    os.environ["SWIFT_BACKTRACE"] = "enable=no"
    with tempfile.TemporaryDirectory(prefix="modelc-poor-") as folder:
        folder = Path(folder)
        print(f"{'command':16} {'trials':>6} {'wrong':>5}  what was seen", flush=True)
        everything = itertools.chain(
            reading_commands(folder / "reading", modelc), commands.scenes(folder, modelc, options.commands))
        for command in everything:
            if not options.commands or any(word in command.name for word in options.commands):
                try_everywhere(command, table)
        for name, part in [("deep", try_deep), ("cut", try_cut)]:
            if not options.commands or name in options.commands:
                part(modelc, folder / name, table)
        if not options.commands or "places" in options.commands:
            try_places(modelc, folder, table)
    for problem in table.problems:
        print(f"error: {problem}", file=sys.stderr)
    print(f"{len(table.problems)} wrong" if table.problems else "everything ends with a word")
    sys.exit(1 if table.problems else 0)


if __name__ == "__main__":
    main()
