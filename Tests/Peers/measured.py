"""A process, with the time it took and the most memory it had."""
import os
import resource
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Measured:
    seconds: float  # elapsed
    busy: float  # of processors
    memory: float  # MiB, the most that was resident at once; what this script itself has is the least that is told
    code: int  # negative: the signal that ended it
    output: bytes


def run(arguments, folder, seconds=600):
    """Runs a command to its end, at most so many processor seconds; what it prints goes through a file in `folder`."""
    log = Path(folder) / "output"
    files = [
        (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    start = time.perf_counter()
    process = os.posix_spawn(str(arguments[0]), [str(word) for word in arguments], os.environ, file_actions=files)
    resource.prlimit(process, resource.RLIMIT_CPU, (seconds, seconds))
    _, status, usage = os.wait4(process, 0)
    elapsed = time.perf_counter() - start
    with log.open("rb") as file:
        output = file.read(1 << 20)
    return Measured(
        elapsed, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status), output)


def write(path, pieces):
    """Writes a file piece by piece: memory of this process would be taken for memory of its children."""
    with open(path, "w", errors="surrogateescape", buffering=1 << 20) as file:
        for piece in pieces:
            file.write(piece)
    return os.path.getsize(path)
