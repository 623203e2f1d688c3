"""The engines that modelc is compared with: what they are called, and where they are."""
import subprocess
import sys
from pathlib import Path

GRAPH, PACKAGE = "modelc", "modelc's package"
PEERS = {"onnxruntime": "ONNX Runtime", "openvino": "OpenVINO", "tensorflow": "TensorFlow"}
# Those that the programme is measured against.
USUAL = ["onnxruntime", "openvino"]

SETUP = Path(__file__).with_name("setup")


def title(name):
    return PEERS.get(name, name)


def environment(engine):
    """The Python that has the engine, if any has."""
    if engine == "tensorflow":
        return SETUP.parents[2] / ".venv-tensorflow" / "bin" / "python"
    return Path(sys.executable)


def versions(engines):
    """The version of each engine that is there. One that has an environment of its own gets it made, if it lacks that."""
    found, missing = {}, {}
    for engine in engines:
        python = environment(engine)
        if not python.exists():
            print(f"making the virtual environment of {title(engine)}, once; this downloads some 300 MB ...", file=sys.stderr)
            if subprocess.run([SETUP, engine], stdout=sys.stderr).returncode != 0:
                missing[engine] = "it cannot be installed"
                continue
        script = "import importlib, importlib.metadata, sys; importlib.import_module(sys.argv[1]); " \
                 "print(importlib.metadata.version(sys.argv[2]))"
        package = "tensorflow-cpu" if engine == "tensorflow" else engine
        report = subprocess.run([python, "-c", script, engine, package], capture_output=True, text=True)
        if report.returncode == 0:
            found[engine] = report.stdout.strip()
        else:
            missing[engine] = f"{python} cannot import it; remove its environment and run {SETUP}"
    return found, missing
