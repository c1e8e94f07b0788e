"""Trains the net further.

    python train.py
    torchrun --nproc_per_node 2 train.py

Several processes share every batch. They follow the mean loss of the whole batch, and so the same curve as one process.
"""

import argparse
import contextlib
import csv
import json
import math
import os

import numpy as np
import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

import data
import layers
import losses
import schedule
import state
from model import Net

HERE = os.path.dirname(os.path.abspath(__file__))
RAW = "optimizer.raw."  # parameters whose averages are the weights
COMMAND = "retrograd.cli"  # what the command notes in its files
LEFT_OUT = ("--augment", "--patience", "--keep-best", "--target-accuracy")  # what it does, and this does not


def main() -> None:
    args = arguments()
    run = Run(args)
    left_out = [name for name in LEFT_OUT if name in (run.config.get("cli") or {})]
    if left_out:
        run.say(f"training without {', '.join(left_out)} of the run")
    try:
        for _ in range(args.epochs):
            train_epoch(run)
            run.save()
    except KeyboardInterrupt:
        run.say(f"interrupted: {args.save} is of epoch {run.saved_epochs}")
        raise SystemExit(130)
    finally:
        if dist.is_initialized():
            dist.destroy_process_group()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    weights = os.path.join(HERE, "weights.safetensors")
    parser.add_argument("--epochs", type=int, default=1, help="epochs to train (default: 1)")
    parser.add_argument("--data", help="a folder of IDX files, a .csv, .tsv or .npz file (default: the arrays in data/)")
    parser.add_argument("--target", help="columns of a table to predict (default: those of the file)")
    parser.add_argument("--no-shuffle", action="store_true", help="take the samples in their own order, in every epoch")
    parser.add_argument("--file", default=weights, help="the file to go on with (default: weights.safetensors)")
    parser.add_argument("--save", default=weights, help="the file to write after each epoch (default: weights.safetensors)")
    parser.add_argument("--log-steps", help="a CSV file for the loss of each step")
    parser.add_argument("--device", help="cpu or cuda (default: cuda if there is one)")
    return parser.parse_args()


class Run:
    """All that training works on."""

    def __init__(self, args: argparse.Namespace):
        self.args = args
        self.rank, self.world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        self.device = start_process(args.device, self.world)
        with open(os.path.join(HERE, "config.json"), encoding="utf-8") as file:
            self.config = json.load(file)
        self.tensors, self.metadata = state.load(args.file)
        if "retrograd" not in self.metadata:
            raise SystemExit(f"{args.file}: expected a file with the state of training, found weights alone")
        self.record = json.loads(self.metadata["retrograd"])
        self.position = self.record["position"]
        self.saved_epochs = self.position["epochs"]
        self.parts = data.load(self.config, args.data, args.target)
        self.step = layers.Step()
        self.net = Net()
        state.restore(self.net, self.tensors)
        layers.prepare(self.net, self.step, self.world)
        self.net.to(self.device)
        self.averages = {
            key: torch.from_numpy(np.array(self.tensors[key])).to(self.device)
            for key in self.net.state_dict()
            if RAW + key in self.tensors
        }
        self.optimizer = state.optimizer(self.net, self.config, args.file)
        self.parallel = DistributedDataParallel(self.net, broadcast_buffers=False) if self.world > 1 else self.net

    def say(self, text: str) -> None:
        if self.rank == 0:
            print(text, flush=True)

    def sum(self, values: torch.Tensor) -> torch.Tensor:
        """The sum over all processes, which every one of them gets."""
        if self.world > 1:
            dist.all_reduce(values)
        return values

    def batch(self, samples: data.Samples, places: np.ndarray):
        """What the net sees of some samples, and their targets."""
        x = torch.from_numpy(samples.inputs.rows(places)).to(self.device)
        y = torch.from_numpy(samples.targets.rows(places)).to(self.device)
        return x.reshape(len(places), *self.config["input"]), y

    def losses(self, samples: data.Samples, places: np.ndarray, outputs: "list[torch.Tensor]", y: torch.Tensor):
        """The loss of each sample, times its weight where the samples have weights."""
        found = losses.losses_of(self.config["loss"], outputs, y)
        if samples.weights is None:
            return found
        return found * torch.from_numpy(samples.weights.rows(places)[:, 0]).to(self.device)

    def save(self) -> None:
        """Writes the file whole, or not at all."""
        if self.rank == 0:
            metadata = {**self.metadata, "retrograd": json.dumps(self.record)}
            state.save(self.args.save, self.stored(), metadata)
        self.saved_epochs = self.position["epochs"]

    def stored(self) -> "dict[str, np.ndarray]":
        """The tensors of the file, as they are now; what adds up gradients and losses is 0 between two epochs."""
        now = state.unmap(self.net, self.optimizer)
        for key, average in self.averages.items():
            now[RAW + key], now[key] = now[key], average.cpu().numpy()
        kept = [key for key in self.tensors if not key.startswith("best.")]
        return {key: now[key] if key in now else np.zeros_like(self.tensors[key]) for key in kept}


def start_process(device: "str | None", world: int) -> torch.device:
    """Joins the other processes, if torchrun started several: by nccl on GPUs, by gloo on CPUs."""
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    if device == "cuda":
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", 0)))
    if world > 1:
        dist.init_process_group("nccl" if device == "cuda" else "gloo")
    return torch.device(device)


@torch.no_grad()
def put(net: torch.nn.Module, values: "dict[str, torch.Tensor]") -> None:
    """Sets parameters and buffers by their keys."""
    tensors = net.state_dict()
    for key, value in values.items():
        tensors[key].copy_(value)


def train_epoch(run: Run) -> None:
    """One epoch, or the rest of one that was left off, and its evaluation."""
    position, config = run.position, run.config
    samples, batch = run.parts["train"], config["batch"]
    count = len(samples)
    steps = math.ceil(count / batch)
    first = (position.get("unfinished") or {}).get("steps", 0)
    if first == 0:
        position["epochs"] += 1
    in_order = run.args.no_shuffle
    order = np.arange(count) if in_order else data.order(count, position["seed"], position["epochs"] - 1)
    carried = carry(run, first)
    skipped = ((position.get("unfinished") or {}).get("skipped") or {}).get("samples", 0)
    totals = []
    run.net.train()
    for i in range(first, steps):
        start, stop = i * batch, min((i + 1) * batch, count)
        mine = data.part_of(start, stop, run.rank, run.world)
        run.step.key = layers.draws.step_key(position["seed"], position["steps"])
        run.step.first = mine[0] - start
        totals.append(train_step(run, order[slice(*mine)], i, steps))
        position["steps"] += 1
    position["pending"] = {"steps": 0, "samples": 0}
    position["unfinished"] = None
    position.pop("best", None)
    of_steps = run.sum(torch.stack(totals).double()).tolist()
    report(run, first, of_steps, (sum(of_steps) + carried) / (count - skipped))


def train_step(run: Run, places: np.ndarray, i: int, steps: int) -> torch.Tensor:
    """The sum of the losses of these samples, after their gradients were added up, and used where an update is due."""
    accumulate = run.config["update"].get("accumulate", 1)
    is_due = i + 1 == steps or (i + 1) % accumulate == 0
    waits = run.world > 1 and not is_due
    with run.parallel.no_sync() if waits else contextlib.nullcontext():
        x, y = run.batch(run.parts["train"], places)
        loss = run.losses(run.parts["train"], places, outputs_of(run.parallel(x)), y).sum()
        # DistributedDataParallel takes the mean over the processes.
        (loss * (run.world * share_of(run, i))).backward()
    if is_due:
        update(run)
    return loss.detach()


def share_of(run: Run, i: int) -> float:
    """What the loss of a sample counts in its update: 1/n for the mean over the n samples of all its batches."""
    loss = run.config["loss"]
    head = next(iter(loss["outputs"].values())) if "outputs" in loss else loss
    if head.get("reduction") == "sum":
        return 1
    size = run.config["batch"] * run.config["update"].get("accumulate", 1)
    start = i * run.config["batch"] // size * size
    return 1 / (min(start + size, len(run.parts["train"])) - start)


def carry(run: Run, first: int) -> float:
    """What an epoch that was left off has added up: gradients for its next update, and losses, which come back."""
    if first == 0:
        return 0
    for key, parameter in run.net.named_parameters():
        added = run.tensors.get(f"optimizer.sum.{key}")
        if added is not None and run.position["pending"]["steps"] > 0 and run.rank == 0:
            gradient = torch.from_numpy(np.array(added)).to(run.device)
            parameter.grad = gradient * (run.world * share_of(run, first))
    return float(run.tensors["training.lossTotal"].sum())


def outputs_of(found) -> "list[torch.Tensor]":
    """The outputs of the net in their order."""
    return list(found.values()) if isinstance(found, dict) else list(found) if isinstance(found, (list, tuple)) else [found]


def update(run: Run) -> None:
    """One step of the optimizer, with the gradients of all batches since the last one."""
    options, position = run.config["update"], run.position
    trained = {key: p for key, p in run.net.named_parameters() if p.grad is not None}
    clip([p.grad for p in trained.values()], options.get("clipNorm"))
    for key, parameter in trained.items():
        penalize(parameter, options["regularize"].get(key, {}))
    rate = schedule.rate_at(position["learningRate"], position["updates"])
    for group in run.optimizer.param_groups:
        group["lr"] = rate * group.get("factor", 1)
    run.optimizer.step()
    run.optimizer.zero_grad(set_to_none=True)
    position["updates"] += 1
    if run.averages:
        average(run, options["average"], position["updates"] - position.get("averageFrom", 0))


def clip(gradients: "list[torch.Tensor]", limit: "float | None") -> None:
    """Scales all gradients so that the norm of them together is at most `limit`."""
    if limit is None:
        return
    norm = torch.sqrt(sum((g.double() ** 2).sum() for g in gradients))
    if norm > limit:
        for g in gradients:
            g.mul_((limit / norm).to(g.dtype))


def penalize(parameter: torch.nn.Parameter, penalty: dict) -> None:
    """Adds the gradient of l1 Σ |θ| + ½ l2 Σ θ²."""
    theta = parameter.detach()
    if penalty.get("l2"):
        parameter.grad.add_(theta, alpha=penalty["l2"])
    if penalty.get("l1"):
        parameter.grad.add_(theta.sign(), alpha=penalty["l1"])


def average(run: Run, beta: float, n: int) -> None:
    """The weights after the last updates count 1, beta, beta², ..., divided by the sum of these, in update n of the average."""
    kept = beta * (1 - beta ** (n - 1)) / (1 - beta**n)
    weights = run.net.state_dict()
    for key, mean in run.averages.items():
        mean.mul_(kept).add_(weights[key], alpha=1 - kept)


@torch.no_grad()
def evaluate(run: Run, samples: data.Samples) -> "tuple[float, float | None]":
    """The mean loss of the samples, and the fraction that is right where there are classes."""
    run.net.eval()
    weights = {key: value.clone() for key, value in run.net.state_dict().items() if key in run.averages}
    put(run.net, run.averages)
    total, right, has_classes = 0.0, 0.0, True
    first, last = data.part_of(0, len(samples), run.rank, run.world)
    for start in range(first, last, 256):
        places = np.arange(start, min(start + 256, last))
        x, y = run.batch(samples, places)
        outputs = outputs_of(run.net(x))
        total += run.losses(samples, places, outputs, y).sum().item()
        found = losses.right_of(run.config["loss"], outputs, y, samples.targets.kind)
        has_classes = found is not None
        right += found.sum().item() if has_classes else 0
    put(run.net, weights)
    total, right = run.sum(torch.tensor([total, right], dtype=torch.float64, device=run.device)).tolist()
    return total / len(samples), right / len(samples) if has_classes else None


def report(run: Run, first: int, of_steps: "list[float]", loss: float) -> None:
    """Prints the results of the epoch. Exits without saving if the loss is not finite."""
    epoch = run.position["epochs"]
    log_steps(run, first, of_steps)
    if not math.isfinite(loss):
        raise SystemExit(f"the loss of epoch {epoch} is {loss}: nothing was saved")
    name = next(name for name in ("validation", "test", "train") if name in run.parts)
    value, accuracy = evaluate(run, run.parts[name])
    run.position["learningRate"] = schedule.after_epoch(run.position["learningRate"], epoch, value)
    judge(run, epoch, value, accuracy)
    right = "" if accuracy is None else f", {name} accuracy {100 * accuracy:.2f} %"
    run.say(f"epoch {epoch}: loss {loss:.6f}, {name} loss {value:.6f}{right}")


def judge(run: Run, epoch: int, loss: float, accuracy: "float | None") -> None:
    """Notes the best epoch so far, as `retrograd train` does in a file of its own."""
    if COMMAND not in run.metadata:
        return
    command = json.loads(run.metadata[COMMAND])
    best = command.get("best") or {}
    key, value, sign = ("loss", loss, -1) if accuracy is None else ("accuracy", accuracy, 1)
    if key not in best or sign * value > sign * best[key]:
        command["best"] = {"epoch": epoch, key: value}
        run.metadata[COMMAND] = json.dumps(command)


def log_steps(run: Run, first: int, of_steps: "list[float]") -> None:
    """A row for each step: its number, counted from 1, and the mean loss of its batch."""
    path, batch, count = run.args.log_steps, run.config["batch"], len(run.parts["train"])
    if path is None or run.rank > 0:
        return
    is_new = not os.path.exists(path)
    before = run.position["steps"] - len(of_steps)
    with open(path, "a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        if is_new:
            writer.writerow(["step", "loss"])
        for i, total in enumerate(of_steps):
            samples = min(batch, count - (first + i) * batch)
            writer.writerow([before + i + 1, total / samples])


if __name__ == "__main__":
    main()
