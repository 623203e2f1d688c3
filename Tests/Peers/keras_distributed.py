"""Trains a network that modelc wrote for Keras on one device and on two, and brings the weights back.

usage: .venv/bin/python Tests/Peers/keras_distributed.py [--modelc .build/release/modelc] [--write]

models/lenet5.model, its training made short, is written as a program by `modelc convert --distributed`. The program
runs twice from the same made-up weights, on made-up pictures: with JAX's one device on a processor, and with two
(XLA_FLAGS=--xla_force_host_platform_device_count=2), each of which has half of every batch. The losses of all epochs
have to agree to a ten-thousandth, the weights to a thousandth of their spread. `modelc run --weights trained.npz` then
has to compute what the program predicts with these weights.

Prints the losses, and how far weights and outputs are from each other; `--write` puts them into RESULTS.md. The exit
code is 1 if anything differs.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import weight_rule
from results import write_section

ROOT = Path(__file__).resolve().parents[2]
TRAINING = """
train LeNet5 {
  loss: categorical_crossentropy
  optimizer: SGD(0.05, momentum: 0.9)
  epochs: 3
  batch_size: 32
  shuffle: false
  validation_split: 0.2
  seed: 1
}
"""


def run(words, devices=None):
    environment = dict(os.environ, KERAS_BACKEND="jax", TF_CPP_MIN_LOG_LEVEL="3")
    if devices:
        environment["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={devices}"
    report = subprocess.run([str(word) for word in words], capture_output=True, text=True, env=environment)
    if report.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}\n{report.stderr}")
    return report.stdout


def examples(folder, count=320):
    """Pictures of two kinds of made-up noise, and which kind each is."""
    dice = np.random.default_rng(7)
    classes = dice.integers(0, 10, count)
    patterns = dice.normal(size=(10, 32, 32, 1)).astype("f4")
    images = patterns[classes] + dice.normal(size=(count, 32, 32, 1)).astype("f4")
    np.savez(folder / "data.npz", image=images, probabilities=np.eye(10, dtype="f4")[classes])
    np.save(folder / "image.npy", images[:8])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modelc", type=Path, default=ROOT / ".build" / "release" / "modelc")
    parser.add_argument("--write", action="store_true", help="put the figures into RESULTS.md")
    options = parser.parse_args()
    modelc = options.modelc.resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        text = (ROOT / "models" / "lenet5.model").read_text().split("\ntrain ")[0]
        (folder / "lenet5.model").write_text(text + TRAINING)
        run([modelc, "convert", folder / "lenet5.model", "-o", folder / "lenet5.py", "--distributed"])
        examples(folder)
        run([sys.executable, folder / "lenet5.py", "-o", folder / "first.npz"])
        weights = {name: weight_rule.weight(*name.rsplit("/", 1), values.shape)
                   for name, values in np.load(folder / "first.npz").items()}
        np.savez(folder / "first.npz", **weights)
        losses, trained = {}, {}
        for devices in (1, 2):
            file = folder / f"trained{devices}.npz"
            log = run([sys.executable, folder / "lenet5.py", "--weights", folder / "first.npz", "-o", file,
                       folder / "data.npz"], devices)
            if f"{devices} devices" not in log:
                sys.exit(f"the program does not say that it has {devices} devices:\n{log}")
            found = re.findall(r"\bloss: ([0-9.e+-]+) - val_loss: ([0-9.e+-]+)", log)
            losses[devices] = [float(number) for pair in found for number in pair]
            trained[devices] = dict(np.load(file))
            print(f"{devices} device{'s' if devices > 1 else ''}: losses {losses[devices]}", flush=True)
        spread = max(
            float(np.abs(trained[1][name] - trained[2][name]).max() / (trained[1][name].std() + 1e-9)) for name in weights)
        moved = max(float(np.abs(trained[1][name] - weights[name]).max()) for name in weights)
        run([sys.executable, folder / "lenet5.py", "--weights", folder / "trained2.npz", "--predict",
             "-o", folder / "outputs.npz", f"image={folder / 'image.npy'}"], 2)
        run([modelc, "run", folder / "lenet5.model", "--weights", folder / "trained2.npz",
             "--input", f"image={folder / 'image.npy'}", "--output", folder / "out"])
        ours = np.load(folder / "out" / "probabilities.npy")
        theirs = np.load(folder / "outputs.npz")["probabilities"]
        output = float(np.abs(ours - theirs).max())
    loss = max(abs(a - b) / abs(a) for a, b in zip(losses[1], losses[2], strict=True)) if losses[1] else float("nan")
    print(f"losses differ by {loss:.1e}, weights by {spread:.1e} of their spread (training moved them by up to {moved:.2f})")
    print(f"modelc run with the weights of two devices: outputs differ from the program's by {output:.1e}")
    if options.write:
        write_section(
            "Training on two devices",
            "models/lenet5.model as a program of Keras by `modelc convert --distributed`, trained for 3 epochs from the same\n"
            "weights with one and with two of JAX's devices on a processor. Written by\n"
            "`.venv/bin/python Tests/Peers/keras_distributed.py --write`.\n\n"
            f"- losses, training's and those held back: {losses[1]} and {losses[2]}, apart by {loss:.1e}\n"
            f"- weights are apart by {spread:.1e} of their spread; training moved them by up to {moved:.2f}\n"
            f"- `modelc run --weights trained.npz` computes what the program predicts, but for {output:.1e}")
    holds = len(losses[1]) == 6 and loss < 1e-4 and spread < 1e-3 and moved > 0.01 and output < 1e-5
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
