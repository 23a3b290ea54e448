/** `train.py`: a plain training script for one network; and what all scripts know of the data. */

import type { Quantization } from "../../../dsl/tensor.js";
import { literal } from "./python.js";

export interface Training {
  readonly className: string;
  /** Of the input, for the description. */
  readonly shape: readonly number[];
  /** Of a uint8 input: what its numbers stand for. */
  readonly step?: Quantization;
  /** `model.logits` or `model`: what gives class scores before a softmax. */
  readonly logits: string;
}

export const dataText = ({ shape }: Pick<Training, "shape">): string =>
  `The folder holds train_inputs.npy [samples, ${shape.join(", ")}], train_labels.npy [samples] (classes from 0 on), and the same
as val_inputs.npy and val_labels.npy.
`;

/** Numbers of uint8 files in reals; files of floating-point numbers are real already. */
export function imagesFunction({ step }: Pick<Training, "step">): string {
  const array = "torch.from_numpy(np.array(array, dtype=np.float32)).to(device)";
  if (!step) return `def images_of(array, device):\n    return ${array}`;
  const real = `images = (images - ${literal(step.zeroPoint)}) * ${literal(step.scale)}`;
  return `def images_of(array, device):
    images = ${array}
    if array.dtype == np.uint8:
        ${real}
    return images`;
}

export const dataFunctions = (training: Pick<Training, "step">): string => `def load(folder, part):
    inputs = np.load(os.path.join(folder, f"{part}_inputs.npy"), mmap_mode="r")
    labels = np.load(os.path.join(folder, f"{part}_labels.npy"))
    return inputs, torch.from_numpy(labels.astype(np.int64))


${imagesFunction(training)}`;

export const trainFile = (training: Training): string => {
  const { className, logits } = training;
  return `"""Trains ${className} on NumPy files and writes weights.safetensors, which the model file's weights() reads.

    python train.py --data folder/

${dataText(training)}"""

import argparse
import os

import numpy as np
import torch
import torch.nn.functional as F

from model import ${className}


${dataFunctions(training)}


@torch.no_grad()
def accuracy(model, inputs, labels, device, size=500):
    model.eval()
    right = 0
    for start in range(0, len(labels), size):
        scores = ${logits}(images_of(inputs[start : start + size], device))
        right += (scores.argmax(dim=1).cpu() == labels[start : start + size]).sum().item()
    return 100 * right / len(labels)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", default=".", help="folder of the .npy files")
    parser.add_argument("--start", help=".safetensors file to start from")
    parser.add_argument("--output", default="weights.safetensors")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--rate", type=float, default=2e-3, help="learning rate")
    parser.add_argument("--decay", type=float, default=1e-2, help="weight decay")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    device = torch.device(options.device)
    inputs, labels = load(options.data, "train")
    val_inputs, val_labels = load(options.data, "val")
    model = ${className}()
    if options.start:
        model.load(options.start)
    model.to(device)
    steps = options.epochs * (len(labels) // options.batch)
    optimizer = torch.optim.AdamW(model.parameters(), lr=options.rate, weight_decay=options.decay)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, max(steps, 1))
    best = -1.0
    for epoch in range(options.epochs):
        model.train()
        # The last samples of an order that do not fill a batch have their turn in another.
        for indices in torch.randperm(len(labels)).split(options.batch)[: len(labels) // options.batch]:
            # Sorted, because the file is read where the samples lie.
            indices = indices.sort().values
            scores = ${logits}(images_of(inputs[indices.numpy()], device))
            loss = F.cross_entropy(scores, labels[indices].to(device))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
        percent = accuracy(model, val_inputs, val_labels, device)
        print(f"epoch {epoch + 1}: loss {loss.item():.3f}, validation {percent:.2f} %", flush=True)
        if percent > best:
            best = percent
            model.save(options.output)
    print(f"{options.output}: {best:.2f} %")


if __name__ == "__main__":
    main()
`;
};
