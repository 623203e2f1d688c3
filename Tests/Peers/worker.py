"""The other end of `engine_worker.py` and of `modelc bench --serve`: a process that runs a network when it is told."""
import subprocess
import tempfile
import time
from pathlib import Path


class Ended(Exception):
    """A worker went away."""


class Worker:
    """Started and ready: `first` seconds went by from the process's start to its first result."""

    def __init__(self, name, command):
        self.name = name
        # What it complains of is told if it goes away.
        self.complaints = tempfile.TemporaryFile("w+", errors="replace")
        start = time.perf_counter()
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.complaints,
            text=True)
        self._expect("started")
        # What was resident at most counts from here.
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")
        self.at_start = self._memory()
        self._say("load")
        self._expect("ready")
        self.first = time.perf_counter() - start

    def run(self, count):
        """The seconds of so many runs."""
        self._say(count)
        seconds = [float(text) for text in self._read().split()]
        if len(seconds) != count:
            raise Ended(f"{self.name} ran {len(seconds)} times, not {count}")
        return seconds

    def memory(self):
        """Bytes over what the process had before it read the network: resident at most, and now without files."""
        now = self._memory()
        return now["VmHWM"] - self.at_start["VmRSS"], now["RssAnon"] - self.at_start["RssAnon"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.complaints.close()

    def _memory(self):
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return {key: 1024 * int(value.split()[0]) for key, value in (line.split(":", 1) for line in lines)
                if key in ("VmHWM", "VmRSS", "RssAnon")}

    def _say(self, text):
        self.process.stdin.write(f"{text}\n")
        self.process.stdin.flush()

    def _read(self):
        line = self.process.stdout.readline()
        if not line:
            code = self.process.wait()
            self.complaints.seek(0)
            said = [line.strip() for line in self.complaints if line.strip()]
            raise Ended(f"{self.name} ended with {code}" + (f": {said[-1]}" if said else ""))
        return line.strip()

    def _expect(self, word):
        if (found := self._read()) != word:
            raise Ended(f"{self.name} said {found!r}, not {word!r}")
