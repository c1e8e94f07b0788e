"""Layers whose training step depends on the whole batch, also where several processes share it."""

import numpy as np
import torch
import torch.distributed as dist
import torch.distributed.nn
from torch import nn

import draws


class Step:
    """Where a training step stands: what dropout draws its masks from."""

    key = 0  # of the random numbers of the step
    first = 0  # the sample of the whole batch that comes first in this process


class Dropout(nn.Module):
    """Dropout with the masks of retrograd, which N processes draw as one process would."""

    def __init__(self, rate: float, stream: int, step: Step):
        super().__init__()
        self.rate, self.stream, self.step = rate, stream, step

    def forward(self, x):
        if not self.training or self.rate == 0:
            return x
        features = x[0].numel() if len(x) else 0
        columns = np.arange(self.step.first, self.step.first + len(x))
        bits = draws.element_bits(self.step.key, self.stream, np.arange(features), columns)
        kept = torch.from_numpy(bits >= int(self.rate * 2**32)).to(x.device).reshape(x.shape)
        return torch.where(kept, x * (1 / (1 - self.rate)), torch.zeros_like(x))


class BatchNorm(nn.Module):
    """Batch normalisation by the mean and the variance of the whole batch, whichever process has which of its samples.

    It works on CPUs too, where `SyncBatchNorm` does not. A single value per channel has no variance: it becomes the bias,
    and the running statistics stay.
    """

    def __init__(self, norm: nn.Module):
        super().__init__()
        self.weight, self.bias = norm.weight, norm.bias
        self.register_buffer("running_mean", norm.running_mean)
        self.register_buffer("running_var", norm.running_var)
        self.eps, self.momentum = norm.eps, norm.momentum
        self.is_frozen = not norm.track_running_stats

    def forward(self, x):
        shape = [1, -1] + [1] * (x.dim() - 2)
        mean, variance = self.running_mean, self.running_var
        if self.training and not self.is_frozen:
            mean, variance = self.moments(x)
        normalized = (x - mean.view(shape)) / torch.sqrt(variance.view(shape) + self.eps)
        return normalized * self.weight.view(shape) + self.bias.view(shape)

    def moments(self, x):
        over = [0] + list(range(2, x.dim()))
        values = x.new_full([1], x.numel() // x.shape[1])
        totals = sum_over_processes(torch.cat([x.sum(over), values]))
        count = totals[-1].detach()
        mean = totals[:-1] / count
        shape = [1, -1] + [1] * (x.dim() - 2)
        variance = sum_over_processes(((x - mean.view(shape)) ** 2).sum(over)) / count
        if count > 1:
            with torch.no_grad():
                self.running_mean.lerp_(mean, self.momentum)
                self.running_var.lerp_(variance * count / (count - 1), self.momentum)
        return mean, variance


def sum_over_processes(x):
    """The sum over all processes, through which gradients go back to each."""
    return torch.distributed.nn.all_reduce(x) if dist.is_initialized() else x


def prepare(net: nn.Module, step: Step, world: int = 1) -> None:
    """Replaces the layers of a net whose training step depends on the whole batch; their parameters stay."""
    for name, layer in net.layers.items():
        if isinstance(layer, nn.Dropout):
            net.layers[name] = Dropout(layer.p, int(name) + 1, step)
        elif isinstance(layer, nn.modules.batchnorm._BatchNorm) and world > 1:
            net.layers[name] = BatchNorm(layer)
