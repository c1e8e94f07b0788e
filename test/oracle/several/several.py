"""Makes several.json: models that are no plain stacks, by PyTorch in double precision. Run it in this folder: python3 several.py"""

import json

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(18)
torch.set_default_dtype(torch.float64)


def rounded(tensor):
    """As 32-bit floats hold it, so that both sides start from the same numbers."""
    return tensor.float().double()


def tensor_of(tensor):
    return {"shape": list(tensor.shape), "data": [float(f"{v:.12g}") for v in tensor.detach().flatten().tolist()]}


def prepared(net):
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(rounded(parameter + 0.1 * torch.randn_like(parameter)))
    return net


def values_of(net, keys, loss, **given):
    """Parameters, loss and gradients; keys are those of retrograd for the modules of the net."""
    names = [name for name, _ in net.named_parameters()]
    key_of = {name: f"layers.{keys[name.split('.')[0]]}.{name.split('.')[1]}" for name in names}
    gradients = torch.autograd.grad(loss, list(net.parameters()))
    return {
        **given,
        "parameters": {key_of[name]: tensor_of(p) for name, p in net.named_parameters()},
        "loss": loss.item(),
        "gradients": {key_of[name]: tensor_of(g) for name, g in zip(names, gradients)},
    }


class Shared(nn.Module):
    """A dense layer and a batch normalisation that are each applied twice."""

    def __init__(self):
        super().__init__()
        self.dense = nn.Linear(4, 4)
        self.norm = nn.BatchNorm1d(4)
        self.last = nn.Linear(4, 3)

    def forward(self, x):
        first = torch.tanh(self.dense(x))
        second = torch.tanh(self.dense(first))
        return self.last(self.norm(first) + self.norm(second))


def shared():
    net = prepared(Shared())
    x = rounded(torch.randn(5, 4))
    labels = torch.tensor([2, 0, 1, 1, 2])
    loss = F.cross_entropy(net(x), labels)
    running = {"mean": tensor_of(net.norm.running_mean), "variance": tensor_of(net.norm.running_var)}
    keys = {"dense": 0, "norm": 1, "last": 5}
    return values_of(net, keys, loss, x=tensor_of(x), labels=labels.tolist(), running=running)


with open("several.json", "w") as file:
    json.dump({"shared": shared()}, file, separators=(",", ":"))
    file.write("\n")
