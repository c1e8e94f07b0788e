"""Makes gradients.json: gradients of a small net with batch normalisation in training mode, by PyTorch in double precision.

Layers: convolution of 3x3 with tanh, batch normalisation, dense. Run it in this folder: python3 gradients.py
"""

import json

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(11)
torch.set_default_dtype(torch.float64)


def rounded(tensor):
    """As 32-bit floats hold it, so that both sides start from the same numbers."""
    return tensor.float().double()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 3, 3)
        self.norm = nn.BatchNorm2d(3)
        self.dense = nn.Linear(3 * 3 * 4, 4)

    def forward(self, x):
        return self.dense(self.norm(torch.tanh(self.conv(x))).flatten(1))


def tensor_of(tensor):
    return {"shape": list(tensor.shape), "data": [float(f"{v:.12g}") for v in tensor.detach().flatten().tolist()]}


net = Net()
with torch.no_grad():
    for parameter in net.parameters():
        parameter.copy_(rounded(parameter + 0.1 * torch.randn_like(parameter)))
x = rounded(torch.randn(5, 2, 5, 6)).requires_grad_()
labels = torch.tensor([3, 0, 1, 1, 2])
output_gradient = rounded(torch.randn(5, 4))

names = {"conv": "layers.0", "norm": "layers.1", "dense": "layers.3"}
keys = {name: f"{names[name.split('.')[0]]}.{name.split('.')[1]}" for name, _ in net.named_parameters()}
wanted = [x, *net.parameters()]


def by_key(gradients):
    of_inputs, *rest = gradients
    named = zip((keys[name] for name, _ in net.named_parameters()), rest)
    return {"inputs": tensor_of(of_inputs), **{key: tensor_of(g) for key, g in named}}


output = net(x)
of_loss = torch.autograd.grad(F.cross_entropy(output, labels), wanted, retain_graph=True)
of_output = torch.autograd.grad(output, wanted, output_gradient)
values = {
    "x": tensor_of(x),
    "labels": labels.tolist(),
    "outputGradient": tensor_of(output_gradient),
    "parameters": {keys[name]: tensor_of(p) for name, p in net.named_parameters()},
    "output": tensor_of(output),
    "ofLoss": by_key(of_loss),
    "ofOutput": by_key(of_output),
}
with open("gradients.json", "w") as file:
    json.dump(values, file, separators=(",", ":"))
    file.write("\n")
