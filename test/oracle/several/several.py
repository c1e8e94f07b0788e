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


class Inputs(nn.Module):
    """An image and a row of numbers."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 2)
        self.dense = nn.Linear(3, 4)
        self.last = nn.Linear(2 * 3 * 4 + 4, 3)

    def forward(self, image, facts):
        seen = torch.relu(self.conv(image)).flatten(1)
        return self.last(torch.cat([seen, torch.tanh(self.dense(facts))], 1))


def inputs():
    net = prepared(Inputs())
    image = rounded(torch.randint(0, 256, (5, 1, 4, 5)) / 255).requires_grad_()
    facts = rounded(torch.randn(5, 3)).requires_grad_()
    labels = torch.tensor([0, 2, 1, 2, 0])
    loss = F.cross_entropy(net(image, facts), labels)
    of_inputs = torch.autograd.grad(loss, [image, facts], retain_graph=True)
    joined = torch.cat([g.flatten(1) for g in of_inputs], 1)
    keys = {"conv": 2, "dense": 4, "last": 6}
    given = {"image": tensor_of(image), "facts": tensor_of(facts), "labels": labels.tolist()}
    return values_of(net, keys, loss, **given, ofInputs=tensor_of(joined))


class Siamese(nn.Module):
    """One dense layer for both inputs."""

    def __init__(self):
        super().__init__()
        self.dense = nn.Linear(4, 3)
        self.last = nn.Linear(3, 1)

    def forward(self, a, b):
        return self.last(torch.tanh(self.dense(a)) * torch.tanh(self.dense(b)))


def siamese():
    net = prepared(Siamese())
    a, b = rounded(torch.randn(6, 4)), rounded(torch.randn(6, 4))
    y = torch.tensor([[1.0], [0.0], [0.0], [1.0], [1.0], [0.0]])
    loss = F.binary_cross_entropy_with_logits(net(a, b), y)
    return values_of(net, {"dense": 2, "last": 5}, loss, a=tensor_of(a), b=tensor_of(b), y=tensor_of(y))


class Outputs(nn.Module):
    """Two inputs, and three outputs: classes, an answer by yes or no, and values."""

    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4 + 2, 5)
        self.digit = nn.Linear(5, 3)
        self.parity = nn.Linear(5, 1)
        self.place = nn.Linear(5 + 2, 2)

    def forward(self, a, b):
        h = torch.tanh(self.body(torch.cat([a, b], 1)))
        return self.digit(h), self.parity(h), self.place(torch.cat([h, b], 1))


def outputs():
    net = prepared(Outputs())
    a, b = rounded(torch.randn(6, 4)), rounded(torch.randn(6, 2))
    digit = torch.tensor([0, 2, 1, 2, 0, 1])
    parity = torch.tensor([[0.0], [0.0], [1.0], [0.0], [0.0], [1.0]])
    place = rounded(torch.randn(6, 2))
    found = net(a, b)
    losses = [
        F.cross_entropy(found[0], digit, label_smoothing=0.1),
        F.binary_cross_entropy_with_logits(found[1], parity),
        F.mse_loss(found[2], place),
    ]
    loss = losses[0] + 0.2 * losses[1] + 3 * losses[2]
    keys = {"body": 3, "digit": 4, "parity": 5, "place": 7}
    names = ["digit", "parity", "place"]
    predictions = [torch.softmax(found[0], 1), torch.sigmoid(found[1]), found[2]]
    accuracy = {
        "digit": (found[0].argmax(1) == digit).double().mean().item(),
        "parity": ((found[1] > 0) == (parity > 0.5)).double().mean().item(),
    }
    given = {"a": tensor_of(a), "b": tensor_of(b), "digit": digit.tolist(), "parity": tensor_of(parity), "place": tensor_of(place)}
    return values_of(
        net,
        keys,
        loss,
        **given,
        losses={name: value.item() for name, value in zip(names, losses)},
        accuracy=accuracy,
        predictions={name: tensor_of(value) for name, value in zip(names, predictions)},
    )


nets = {"shared": shared(), "inputs": inputs(), "siamese": siamese(), "outputs": outputs()}
with open("several.json", "w") as file:
    json.dump(nets, file, separators=(",", ":"))
    file.write("\n")
