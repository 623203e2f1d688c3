"""Shows that a command's output is the old one or the new one, whole, whatever happens while it is written.

usage: [TMPDIR=/dev/shm] python3 Tests/Faults/nothing_is_torn.py [--modelc PATH] [--kills 1000] [--every N] [--seed 1]
                                                               [--only PART,…] [COMMAND …]

For each command that writes (convert, fmt, plot, run, compile; over an old output and anew), or those whose names hold
one of the words given:

  kills     kill -9 at random moments; half of them in the last third of the run, where it writes
  calls     kill -9 before each call of the system that changes something, and so after each one before it
  failures  EIO, EMFILE, EINTR at each call that has to do with files; ENOSPC there, and from there on
  pieces    reads and writes that do a part, calls that a signal interrupts, at random
  writers   four processes at once that write different outputs to one target, while others read it

After each the output is the old one or the new one; files of the user with similar names are as they were; where a
command failed it said so, with exit code 1 or 3; where something was left over, the next run removes it and nothing
else. Prints a line for each part and command, and what is wrong; ends with 1 if anything is. Needs strace and a C
compiler for the parts that use them.
"""
import argparse
import collections
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import commands

CHANGES = """openat write pwrite64 writev fsync fdatasync close rename renameat renameat2 mkdir mkdirat unlink unlinkat
    rmdir link linkat symlink fchmod chmod ftruncate flock""".split()
OTHERS = """open read pread64 readv lseek fstat newfstatat statx getdents64 faccessat faccessat2 fcntl mmap
    pipe2""".split()
ERRORS = ["ENOSPC", "EIO", "EMFILE"]
START = re.compile(r"rt_sigaction\(SIGPIPE")
"""What the program itself does first: before it, the system loads it."""


class Report:
    """The table, with what is wrong behind each line."""

    def __init__(self):
        self.count = 0

    def line(self, part, scene, trials, counts, problems):
        told = ", ".join(f"{count} {word}" for word, count in sorted(counts.items()))
        print(f"{part:9} {scene.name:13} {trials:6}  {len(problems):4}  {told}", flush=True)
        for problem in problems:
            print(f"error: {part}, {scene.name}: {problem}", file=sys.stderr, flush=True)
        self.count += len(problems)


def settle(scene, what, counts, problems):
    """Judges the state that a disturbed run has left, and lets the next run clear it."""
    states, leftovers, wrong = scene.judge()
    for state in set(states):
        counts[state] += 1
    if leftovers:
        counts["left something over"] += 1
        if not wrong:
            wrong = scene.sweep()
    problems += [f"{what}: {problem}" for problem in wrong]
    return states


# MARK: kill -9


def kill_at_random(scene, kills, seed, report):
    times = []
    for _ in range(7):
        scene.reset()
        start = time.perf_counter()
        scene.finish()
        times.append(time.perf_counter() - start)
    length = sorted(times)[len(times) // 2]
    dice = random.Random(f"{seed} {scene.name}")
    counts, problems, trials = collections.Counter(), [], 0
    while counts["killed"] < kills:
        trials += 1
        scene.reset()
        delay = dice.uniform(0 if trials % 2 else length * 2 / 3, length)
        process = subprocess.Popen(
            scene.command, cwd=scene.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        time.sleep(delay)
        process.kill()
        is_killed = process.wait() == -signal.SIGKILL
        counts["killed"] += is_killed
        # Follows how long a run takes on a machine that has other work too.
        length *= 1.02 if is_killed else 0.97
        settle(scene, f"after {1e3 * delay:.2f} ms", counts, problems)
    report.line("kills", scene, trials, counts, problems)


def traced_calls(scene, names):
    """The calls of these names that the program itself makes, in order: (name, which of its kind, text)."""
    log = scene.folder / "trace"
    scene.reset()
    known = ",".join("?" + name for name in names)
    result = scene.run("strace", "-f", "-qq", "-o", str(log), "-e", f"trace={known},rt_sigaction")
    if result.returncode != 0:
        sys.exit(f"strace fails: {result.stderr.decode()}")
    lines = [line.split(None, 1) for line in log.read_text(errors="replace").splitlines()]
    first = lines[0][0]
    counts, calls, has_begun = collections.Counter(), [], False
    for process, text in lines:
        name = text.split("(")[0]
        if process != first:
            # Programs that are started, and threads that end; strace counts for each of them.
            continue
        has_begun = has_begun or START.match(text) is not None
        if name in names and "(" in text:
            counts[name] += 1
            # Memory that is no file's.
            if has_begun and not (name == "mmap" and "MAP_ANONYMOUS" in text):
                calls.append((name, counts[name], text))
    scene.reset()
    return calls


def inject(scene, name, fault, when):
    # To stop at one kind of call alone is fast, but strace sends no signal then, and it needs -f, which reaches the
    # threads' own memory and the programs that are started.
    is_slow = name == "mmap" or fault.startswith("signal") or scene.starts_program
    quick = [] if is_slow else ["-f", "--seccomp-bpf"]
    return scene.run(
        "strace", "-qq", *quick, "-o", os.devnull, "-e", f"trace={name}", "-e", f"inject={name}:{fault}:when={when}")


def kill_at_calls(scene, report):
    counts, problems = collections.Counter(), []
    calls = traced_calls(scene, CHANGES)
    for name, number, text in calls:
        scene.reset()
        result = inject(scene, name, "signal=KILL", number)
        what = f"killed at {text[:100]}"
        if result.returncode not in (-signal.SIGKILL, 128 + signal.SIGKILL):
            problems.append(f"{what}: it did not die but ended with {result.returncode}")
        settle(scene, what, counts, problems)
    report.line("calls", scene, len(calls), counts, problems)


# MARK: Failures


def fail_at_calls(scene, every, seed, report):
    counts, problems, trials = collections.Counter(), [], 0
    for name, number, text in traced_calls(scene, CHANGES + OTHERS)[seed % every::every]:
        is_said = name == "write" and re.match(r"write\([12],", text)
        faults = [(error, str(number)) for error in ERRORS] + [(ERRORS[0], f"{number}+")]
        if name not in ("mmap", "lseek"):
            faults.append(("EINTR", str(number)))
        for error, when in faults:
            scene.reset()
            trials += 1
            what = f"{error} at {name} {when}, {text[:100]}"
            try:
                result = inject(scene, name, f"error={error}", when)
            except subprocess.TimeoutExpired:
                problems.append(f"{what}: hangs")
                continue
            code, told = result.returncode, (result.stderr + result.stdout).decode(errors="replace")
            counts[f"exit {code}"] += 1
            states = settle(scene, what, counts, problems)
            if error == "EINTR" and code != 0:
                problems.append(f"{what}: exit {code}, {told[:200]}")
            elif code == 0 and set(states) != {"new"}:
                problems.append(f"{what}: success without the new output")
            elif code not in (0, 1, 3):
                problems.append(f"{what}: exit {code}, {told[:200]}")
            elif code != 0:
                # Of several files those before the failure stay. Who cannot say that all is done has done it.
                if "new" in states and not is_said and len(scene.targets) == 1:
                    problems.append(f"{what}: exit {code}, yet the old output is gone")
                is_mute = name == "write" and when.endswith("+")
                if "error" not in told and not is_mute and not (is_said and text.startswith("write(2")):
                    problems.append(f"{what}: exit {code} without a word")
    report.line("failures", scene, trials, counts, problems)


def fail_in_pieces(scene, library, seed, report, trials=200):
    counts, problems = collections.Counter(), []
    for trial in range(trials):
        scene.reset()
        environment = dict(os.environ, LD_PRELOAD=library, SHORT_CALLS=str(1000 * seed + trial))
        try:
            result = scene.run(env=environment)
        except subprocess.TimeoutExpired:
            problems.append(f"seed {trial}: hangs")
            continue
        states = settle(scene, f"seed {trial}", counts, problems)
        if result.returncode != 0 or set(states) != {"new"}:
            problems.append(f"seed {trial}: exit {result.returncode}, {result.stderr.decode(errors='replace')[:200]}")
    report.line("pieces", scene, trials, counts, problems)


# MARK: Several at once


def write_at_once(scene, report, rounds=100, count=4):
    """Four different outputs; one of them wins."""
    if scene.name.startswith("fmt"):
        inputs = [scene.command] * count
        wholes = [scene.old, scene.new]
    else:
        inputs, wholes = [], [scene.old]
        for number in range(count):
            model = f"net{number}.model"
            (scene.folder / model).write_text(commands.MODEL % (6 + number))
            inputs.append([model if word == "net.model" else word for word in scene.command])
            subprocess.run(inputs[-1], cwd=scene.folder, check=True, capture_output=True)
            wholes.append(commands.contents(scene.out))
    counts, problems = collections.Counter(), []
    for number in range(rounds):
        scene.reset()
        over, seen = threading.Event(), []

        def read():
            """Looks at the files that are single, again and again."""
            while not over.is_set():
                for target in scene.targets:
                    path = scene.out / target
                    if path.is_file():
                        data = path.read_bytes()
                        if not any(data == whole.get(target) for whole in wholes):
                            seen.append(f"{target} is torn for a reader")
                time.sleep(0.0005)

        reader = threading.Thread(target=read)
        reader.start()
        processes = [
            subprocess.Popen(
                command, cwd=scene.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            for command in inputs]
        ends = [(process.communicate()[1], process.returncode) for process in processes]
        over.set()
        reader.join()
        problems += [f"round {number}: exit {code}: {text.decode()[:200]}" for text, code in ends if code != 0]
        problems += [f"round {number}: {problem}" for problem in sorted(set(seen))]
        found = commands.contents(scene.out)
        for target in scene.targets:
            state = scene.state(found, target)
            winner = next((place for place, whole in enumerate(wholes[1:], 1) if scene.state(whole, target) == state), None)
            counts["whole"] += winner is not None
            if winner is None:
                problems.append(f"round {number}: {target} is nobody's output")
        scene.new, kept = found, scene.new
        problems += [f"round {number}: {problem}" for problem in scene.judge()[2]]
        problems += [f"round {number}: {leftover} is left over" for leftover in scene.judge()[1]]
        scene.new = kept
    report.line("writers", scene, rounds, counts, problems)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modelc")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each Nth call fails, from the seed on")
    parser.add_argument("--only", default="kills,calls,failures,pieces,writers")
    parser.add_argument("commands", nargs="*", metavar="COMMAND")
    options = parser.parse_args()
    modelc, parts, report = commands.executable(options.modelc), options.only.split(","), Report()
    if {"calls", "failures"} & set(parts):
        commands.need("strace")
    with tempfile.TemporaryDirectory(prefix="modelc-torn-") as folder:
        library = str(Path(folder) / "short_calls.so")
        if "pieces" in parts:
            source = str(Path(__file__).with_name("short_calls.c"))
            subprocess.run([commands.need("cc"), "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
        print(f"{'part':9} {'command':13} {'trials':>6} {'wrong':>5}  what was seen", flush=True)
        for scene in commands.scenes(Path(folder), modelc, options.commands):
            if "kills" in parts:
                kill_at_random(scene, options.kills, options.seed, report)
            if "calls" in parts:
                kill_at_calls(scene, report)
            if "failures" in parts:
                fail_at_calls(scene, options.every, options.seed, report)
            if "pieces" in parts:
                fail_in_pieces(scene, library, options.seed, report)
            if "writers" in parts:
                write_at_once(scene, report)
    print(f"{report.count} wrong" if report.count else "nothing is torn")
    sys.exit(1 if report.count else 0)


if __name__ == "__main__":
    main()
