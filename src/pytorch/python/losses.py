"""The losses of retrograd: the loss of each sample [N], from the outputs of the net and the targets, both [N, ...]."""

import math

import torch
import torch.nn.functional as F

TINY = 1e-30  # logarithms are taken of probabilities clamped to this


def over_outputs(terms: torch.Tensor) -> torch.Tensor:
    return terms.flatten(1).sum(1)


def mean_over_outputs(terms: torch.Tensor) -> torch.Tensor:
    return terms.flatten(1).sum(1) / max(1, math.prod(terms.shape[1:]))


def per_channel(weights: "list[float] | None", like: torch.Tensor) -> torch.Tensor:
    """A factor for each class or label, in the shape of the outputs."""
    factors = torch.tensor(weights or [1.0], device=like.device, dtype=like.dtype)
    return factors.view(1, -1, *[1] * (like.dim() - 2))


def targets_for(loss: dict, y: torch.Tensor) -> torch.Tensor:
    """Labels smoothed, and weighted by class."""
    smoothing = loss.get("labelSmoothing", 0)
    y = y if smoothing == 0 else (1 - smoothing) * y + smoothing / y.shape[1]
    return y * per_channel(loss.get("classWeights"), y)


def of_places(loss: dict, terms: torch.Tensor) -> torch.Tensor:
    """The sum over the classes; a mean is over the pixels too, where each chooses a class."""
    places = math.prod(terms.shape[2:])
    return over_outputs(terms) / (1 if loss.get("reduction") == "sum" else places)


def softmax_cross_entropy(loss, z, y):
    return of_places(loss, -targets_for(loss, y) * F.log_softmax(z, 1))


def categorical_cross_entropy(loss, a, y):
    return of_places(loss, -targets_for(loss, y) * torch.log(a.clamp_min(TINY)))


def kl_divergence(loss, z, y):
    return of_places(loss, torch.xlogy(y, y) - y * F.log_softmax(z, 1))


def sigmoid_cross_entropy(loss, z, y):
    weights = per_channel(loss.get("positiveWeights"), z)
    return over_outputs(F.binary_cross_entropy_with_logits(z, y, reduction="none", pos_weight=weights))


def binary_cross_entropy(loss, a, y):
    yes = per_channel(loss.get("positiveWeights"), a) * y * torch.log(a.clamp_min(TINY))
    return over_outputs(-yes - (1 - y) * torch.log((1 - a).clamp_min(TINY)))


def focal(loss, z, y):
    gamma, alpha = loss.get("gamma", 2), loss.get("alpha", 0.25)
    p = torch.sigmoid(z)
    miss = (1 - y) * p + y * (1 - p)
    share = 1 if alpha == "none" else alpha * y + (1 - alpha) * (1 - y)
    return over_outputs(share * miss**gamma * F.binary_cross_entropy_with_logits(z, y, reduction="none"))


def huber(loss, a, y):
    return over_outputs(F.huber_loss(a, y, reduction="none", delta=loss.get("delta", 1)))


def hinge(loss, a, y):
    return over_outputs(torch.relu(1 - torch.where(y > 0, 1.0, -1.0) * a))


LOSSES = {
    "softmaxCrossEntropy": softmax_cross_entropy,
    "categoricalCrossEntropy": categorical_cross_entropy,
    "klDivergence": kl_divergence,
    "sigmoidCrossEntropy": sigmoid_cross_entropy,
    "binaryCrossEntropy": binary_cross_entropy,
    "focal": focal,
    "huber": huber,
    "hinge": hinge,
    "quadratic": lambda loss, a, y: over_outputs((a - y) ** 2) / 2,
    "squared": lambda loss, a, y: over_outputs((a - y) ** 2),
    "meanSquared": lambda loss, a, y: mean_over_outputs((a - y) ** 2),
    "meanAbsolute": lambda loss, a, y: mean_over_outputs((a - y).abs()),
}
LABELS = {"sigmoidCrossEntropy": 0.0, "focal": 0.0, "hinge": 0.0, "binaryCrossEntropy": 0.5}
CLASSES = ("softmaxCrossEntropy", "categoricalCrossEntropy", "klDivergence")


def own_loss(loss, a, y):
    """TO FILL IN: a loss of your own, whose WGSL is not translated. Return the loss of each sample, [N]."""
    raise NotImplementedError(f"losses.py: fill in own_loss with what {loss['name']} computes")


def losses_of(loss: dict, outputs: "list[torch.Tensor]", y: torch.Tensor) -> torch.Tensor:
    """The loss of each sample, [N]. `y` is [N, values], those of several outputs side by side."""
    total = 0
    for head, output, targets in heads_of(loss, outputs, y):
        of = own_loss if "wgsl" in head else LOSSES[head["name"]]
        total = total + head.get("weight", 1) * of(head, output, targets)
    return total


def heads_of(loss: dict, outputs: "list[torch.Tensor]", y: torch.Tensor):
    """The loss, the output and the targets of each output."""
    heads = list(loss["outputs"].values()) if "outputs" in loss else [loss]
    sizes = [math.prod(output.shape[1:]) for output in outputs]
    parts = y.split(sizes, 1)
    return [(head, output, part.reshape(output.shape)) for head, output, part in zip(heads, outputs, parts)]


def right_of(loss: dict, outputs: "list[torch.Tensor]", y: torch.Tensor, kind: str) -> "torch.Tensor | None":
    """The fraction of each sample that is right, [N], of the first output; None where there are no classes.

    `kind` is that of the targets: "labels" are classes whatever the loss asks.
    """
    head, output, targets = heads_of(loss, outputs, y)[0]
    name = head["name"]
    if name in CLASSES or (kind == "labels" and output.shape[1] > 1):
        right = output.argmax(1) == targets.argmax(1)
        return right.float().reshape(len(output), -1).mean(1) if len(output) else right.float().reshape(0)
    if name not in LABELS:
        return None
    right = (output >= LABELS[name]) == (targets > 0.5)
    return right.float().flatten(1).mean(1) if len(output) else right.float().reshape(0)
