/** `train_supernet.py`: trains the largest member, sorts channels, then trains all members together by the sandwich rule. */

import { paragraph } from "./python.js";
import { dataFunctions, dataText, type Training } from "./training.js";

export interface SupernetTraining extends Training {
  /** false: there are no hidden channels to sort. */
  readonly isSorted: boolean;
}

export const trainSupernetFile = (training: SupernetTraining): string => {
  const { className, logits, isSorted } = training;
  const sorting = isSorted
    ? `
            if not is_alone:
                model.sort_by_importance()`
    : "";
  const rule =
    `The largest member is trained first (--largest-epochs)${isSorted ? ", then its channels are sorted by importance" : ""}. ` +
    'Then all members are trained together by the sandwich rule (Yu and Huang, "Universally slimmable networks", ICCV 2019): ' +
    "each step takes the largest, the smallest and two random members; the others learn half from the labels and half from " +
    "what the largest one says.";
  return `"""Trains the super-network ${className} on NumPy files and writes supernet.safetensors, which the model file's weights() reads.

    python train_supernet.py --data folder/
    torchrun --nproc_per_node 4 train_supernet.py --data folder/

${paragraph(rule)}

${dataText(training)}
Under torchrun, on one machine or many, each process takes a share of every batch. The state is saved after every epoch, and a
run that finds it goes on from there; with the same options the result is that of a run without a break.
"""

import argparse
import math
import os
import random

import numpy as np
import torch
import torch.distributed as dist
import torch.nn.functional as F

from supernet import CHOICES, LARGEST, SMALLEST, ${className}

${dataFunctions(training)}


def random_member(source):
    """An answer to every choice; those that are not asked do no harm."""
    return {name: source.choice(domain) for name, domain in CHOICES.items()}


@torch.no_grad()
def accuracy(model, choices, inputs, labels, device, size=500):
    was_training = model.training
    model.eval()
    right = 0
    for start in range(0, len(labels), size):
        scores = ${logits}(images_of(inputs[start : start + size], device), choices)
        right += (scores.argmax(dim=1).cpu() == labels[start : start + size]).sum().item()
    model.train(was_training)
    return 100 * right / len(labels)


def share_gradients(model, processes):
    """Each gradient becomes the mean over all processes. A layer that no member of the step has counts as zero."""
    parameters = list(model.parameters())
    for parameter in parameters:
        if parameter.grad is None:
            parameter.grad = torch.zeros_like(parameter)
    if processes == 1:
        return
    joined = torch.cat([parameter.grad.flatten() for parameter in parameters])
    dist.all_reduce(joined)
    joined /= processes
    start = 0
    for parameter in parameters:
        part = joined[start : start + parameter.numel()]
        parameter.grad.copy_(part.view_as(parameter))
        start += parameter.numel()


def learn(model, images, labels, others):
    """Adds up the gradients of the largest member and of others, which learn from it. Returns the largest one's loss."""
    scores = ${logits}(images, LARGEST)
    first = F.cross_entropy(scores, labels)
    first.backward()
    said = scores.detach().softmax(dim=1)
    for choices in others:
        scores = ${logits}(images, choices)
        (0.5 * F.cross_entropy(scores, labels) + 0.5 * F.cross_entropy(scores, said)).backward()
    return first.item()


def save_whole(path, state):
    torch.save(state, f"{path}.part")
    os.replace(f"{path}.part", path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", default=".", help="folder of the .npy files")
    parser.add_argument("--output", default="supernet.safetensors")
    parser.add_argument("--checkpoint", default="supernet.checkpoint", help="the state of an unfinished run")
    parser.add_argument("--largest-epochs", type=int, default=10, help="of the largest member alone")
    parser.add_argument("--epochs", type=int, default=20, help="of all members")
    parser.add_argument("--batch", type=int, default=100, help="samples a step, over all processes")
    parser.add_argument("--rate", type=float, default=2e-3, help="learning rate")
    parser.add_argument("--decay", type=float, default=1e-2, help="weight decay")
    parser.add_argument("--random", type=int, default=2, help="random members a step")
    parser.add_argument("--recalibration", type=int, default=1000, help="samples for BatchNorm's statistics")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args()

    rank, processes = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    if options.batch % processes:
        parser.error(f"--batch {options.batch} cannot be shared out among {processes} processes")
    device = torch.device(options.device)
    if device.type == "cuda":
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))
        torch.cuda.set_device(device)
    if processes > 1:
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")

    inputs, labels = load(options.data, "train")
    val_inputs, val_labels = load(options.data, "val")
    batches = len(labels) // options.batch
    if batches == 0:
        parser.error(f"--batch {options.batch} is more than the {len(labels)} samples of train_inputs.npy")
    samples = torch.randperm(len(labels), generator=torch.Generator().manual_seed(options.seed))
    samples = images_of(inputs[samples[: options.recalibration].sort().values.numpy()], device)
    # All processes begin with the same weights.
    torch.manual_seed(options.seed)
    model = ${className}().to(device)

    def new_optimizer():
        return torch.optim.AdamW(model.parameters(), lr=options.rate, weight_decay=options.decay)

    optimizer = new_optimizer()
    own = {key: value for key, value in vars(options).items() if key not in ("data", "output", "checkpoint", "device")}
    start = 0
    # The first process has the file; others may be on machines of their own.
    found = [torch.load(options.checkpoint, map_location="cpu") if rank == 0 and os.path.exists(options.checkpoint) else None]
    if processes > 1:
        dist.broadcast_object_list(found)
    if found[0]:
        state = found[0]
        if state["options"] != own:
            parser.error(f"{options.checkpoint} is of a run with other options: remove it, or name another --checkpoint")
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        start = state["epoch"]
    for epoch in range(start, options.largest_epochs + options.epochs):
        is_alone = epoch < options.largest_epochs
        past, of = (epoch, options.largest_epochs) if is_alone else (epoch - options.largest_epochs, options.epochs)
        if past == 0:${sorting}
            optimizer = new_optimizer()
        model.train()
        order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(options.seed + epoch))
        for step in range(batches):
            # Sorted, because the file is read where the samples lie.
            indices = order[step * options.batch : (step + 1) * options.batch][rank::processes].sort().values
            images = images_of(inputs[indices.numpy()], device)
            source = random.Random(f"{options.seed} {epoch} {step}")
            others = [] if is_alone else [SMALLEST, *(random_member(source) for _ in range(options.random))]
            for group in optimizer.param_groups:
                group["lr"] = options.rate * (1 + math.cos(math.pi * (past * batches + step) / (of * batches))) / 2
            optimizer.zero_grad()
            loss = learn(model, images, labels[indices].to(device), others)
            share_gradients(model, processes)
            optimizer.step()
        if rank == 0:
            texts = []
            for name, choices in [("largest", LARGEST)] + ([] if is_alone else [("smallest", SMALLEST)]):
                model.recalibrate(samples, choices)
                texts.append(f"{name} {accuracy(model, choices, val_inputs, val_labels, device):.2f} %")
            print(f"epoch {epoch + 1}: loss {loss:.3f}, validation: {', '.join(texts)}", flush=True)
            state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch + 1}
            save_whole(options.checkpoint, {**state, "options": own})
    if rank == 0:
        model.recalibrate(samples, LARGEST)
        model.save(options.output)
        print(options.output)
    if processes > 1:
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
`;
};
