/** `evaluate.py`: scores candidates of a search, one line of JSON each. */

import { imagesFunction, type Training } from "./training.js";

export function evaluateFile(training: Training): string {
  const { className, logits, shape } = training;
  return `"""Scores members of the super-network ${className} for \`tsc-mcu search --evaluator\`.

    tsc-mcu search space.ts --stage 2 --evaluator "python evaluate.py --data folder/"

After a first line that says what scores are, each line of standard input, {"id": 7, "choices": {…}}, gets an answer:
{"id": 7, "score": 87.25}, or {"id": 7, "error": "…"}. Nothing else is written to standard output.

The folder holds val_inputs.npy [samples, ${shape.join(", ")}] and val_labels.npy [samples], and recal_inputs.npy, or else
train_inputs.npy, for BatchNorm's statistics.
"""

import argparse
import json
import os
import sys

import numpy as np
import torch

from supernet import CHOICES, ${className}


def read(folder, name):
    return np.load(os.path.join(folder, f"{name}.npy"), mmap_mode="r")


def recalibration(folder, count):
    """Samples from all over the training set."""
    if os.path.exists(os.path.join(folder, "recal_inputs.npy")):
        return read(folder, "recal_inputs")[:count]
    inputs = read(folder, "train_inputs")
    return inputs[:: max(1, len(inputs) // count)][:count]


${imagesFunction(training)}


def checked(choices):
    for name, answer in choices.items():
        if answer not in CHOICES.get(name, ()):
            raise ValueError(f"{answer!r} is no answer to the choice {name!r}")
    return choices


@torch.no_grad()
def accuracy(model, choices, inputs, labels, device, size):
    right = 0
    for start in range(0, len(labels), size):
        scores = ${logits}(images_of(inputs[start : start + size], device), choices)
        right += (scores.argmax(dim=1).cpu().numpy() == labels[start : start + size]).sum()
    return 100 * right / len(labels)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", default=".", help="folder of the .npy files")
    parser.add_argument("--supernet", default="supernet.safetensors")
    parser.add_argument("--recalibration", type=int, default=1000, help="samples for BatchNorm's statistics")
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()

    # Whatever a library prints goes elsewhere.
    answers, sys.stdout = sys.stdout, sys.stderr

    def say(answer):
        print(json.dumps(answer), file=answers, flush=True)

    device = torch.device(options.device)
    model = ${className}().load(options.supernet).to(device).eval()
    samples = images_of(recalibration(options.data, options.recalibration), device)
    inputs, labels = read(options.data, "val_inputs"), np.asarray(read(options.data, "val_labels"))
    say({"ready": True, "measure": "accuracy (%)"})
    for line in sys.stdin:
        if not line.strip():
            continue
        candidate = json.loads(line)
        try:
            choices = checked(candidate["choices"])
            model.recalibrate(samples, choices)
            score = accuracy(model, choices, inputs, labels, device, options.batch)
            say({"id": candidate["id"], "score": float(score)})
        except Exception as problem:
            say({"id": candidate["id"], "error": f"{type(problem).__name__}: {problem}"})


if __name__ == "__main__":
    main()
`;
}
