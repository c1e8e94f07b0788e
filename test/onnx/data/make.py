"""Writes nets as ONNX files with PyTorch's own exporter, and what PyTorch computes of some samples as JSON.

python3 test/onnx/data/make.py, with PyTorch 1.13 and onnx 1.12. The files of other names in this folder are of the same kind.
"""

import json
import os
import warnings

import onnx
import torch
import torch.nn.functional as F
from torch import nn

warnings.filterwarnings("ignore")
HERE = os.path.dirname(os.path.abspath(__file__))


class Block(nn.Module):
    """A residual block, with a projection where it halves the image."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.a = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.an = nn.BatchNorm2d(outputs)
        self.b = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn = nn.BatchNorm2d(outputs)
        self.short = nn.Conv2d(inputs, outputs, 1, stride) if stride > 1 else nn.Identity()

    def forward(self, x):
        return F.relu(self.bn(self.b(F.relu(self.an(self.a(x))))) + self.short(x))


class Mean(nn.Module):
    def forward(self, x):
        return x.mean([2, 3])


class Gate(nn.Module):
    """Squeeze and excitation."""

    def __init__(self, channels):
        super().__init__()
        self.down = nn.Conv2d(channels, 2, 1)
        self.up = nn.Conv2d(2, channels, 1)

    def forward(self, x):
        return x * F.hardsigmoid(self.up(F.relu(self.down(F.adaptive_avg_pool2d(x, 1)))))


class Standardized(nn.Module):
    """Raw inputs, each feature brought to mean 0 and deviation 1."""

    def __init__(self, of):
        super().__init__()
        self.register_buffer("mean", torch.tensor([1.0, -2.0, 30.0]))
        self.register_buffer("std", torch.tensor([0.5, 2.0, 10.0]))
        self.of = of

    def forward(self, x):
        return self.of((x - self.mean) / self.std)


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(5, 4 * 3 * 3)
        self.up = nn.ConvTranspose2d(4, 3, 3, stride=2, padding=1, output_padding=1)
        self.last = nn.Conv2d(3, 1, 3, padding=1)

    def forward(self, x):
        x = F.relu(self.first(x)).view(-1, 4, 3, 3)
        x = F.interpolate(F.leaky_relu(self.up(x), 0.2), scale_factor=2, mode="nearest")
        return torch.sigmoid(self.last(x))


class Words(nn.Module):
    """A convolution over words, the largest value of each filter."""

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(12, 4)
        self.each = nn.Linear(4, 6)
        self.conv = nn.Conv1d(6, 5, 3, padding=1)
        self.last = nn.Linear(10, 3)

    def forward(self, x):
        x = torch.tanh(self.each(self.table(x)))
        x = self.conv(x.transpose(1, 2))
        x = torch.cat([x.amax(2), x.mean(2)], 1)
        return F.log_softmax(self.last(x), 1)


class Last(nn.Module):
    """The last state of a recurrent net, as output or out of all of them."""

    def __init__(self, kind, slices):
        super().__init__()
        self.net = kind(3, 4, batch_first=True)
        self.last = nn.Linear(4, 2)
        self.slices = slices

    def forward(self, x):
        all, state = self.net(x)
        return self.last(all[:, -1] if self.slices else state[0])


class Padded(nn.Module):
    """Zeros around images by a layer and by a function, and a number for each sample."""

    def __init__(self):
        super().__init__()
        self.a = nn.Sequential(nn.ZeroPad2d((1, 1, 2, 2)), nn.Conv2d(2, 3, (5, 3)), nn.ReLU())
        self.b = nn.Conv2d(3, 2, 3, stride=2, padding=1)
        self.last = nn.Linear(2 * 4 * 5, 1)

    def forward(self, x):
        x = self.b(F.pad(self.a(x), (1, 1, 2, 2)))
        return self.last(F.avg_pool2d(F.pad(x, (1, 1, 0, 0)), (2, 3), 1).flatten(1)).squeeze(1)


class Stacked(nn.Module):
    """Two recurrent layers."""

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(9, 3)
        self.net = nn.LSTM(3, 4, num_layers=2, batch_first=True)
        self.last = nn.Linear(4, 2)

    def forward(self, x):
        return self.last(self.net(self.table(x))[0][:, -1])


class Heads(nn.Module):
    """Two inputs, one of which has the name of an output elsewhere, and two outputs."""

    def __init__(self):
        super().__init__()
        self.body = nn.Linear(7, 6)
        self.kind = nn.Linear(6, 3)
        self.size = nn.Linear(6, 2)

    def forward(self, facts, output):
        h = torch.tanh(self.body(torch.cat([facts, output], 1)))
        return F.softmax(self.kind(h), 1), self.size(h)


class Options(nn.Module):
    """Operators of layers, with options that no layer has."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3, stride=2)
        self.norm = nn.LayerNorm(4)
        self.net = nn.GRU(4, 3, batch_first=True)
        self.cells = nn.LSTM(4, 3, batch_first=True)

    def forward(self, images, tokens):
        padded = self.conv(F.pad(images, (1, 0, 1, 0)))
        pooled = F.max_pool2d(images, 2, ceil_mode=True)
        normal = self.norm(tokens)
        lengths = torch.tensor([5, 2])
        packed = nn.utils.rnn.pack_padded_sequence(tokens, lengths, batch_first=True)
        cells = self.cells(tokens)[1][1]
        return padded, pooled, normal, self.net(packed)[1][0], cells


def activations():
    layers = [
        *(nn.GELU("tanh"), nn.GELU(), nn.SiLU(), nn.Mish(), nn.SELU(), nn.ELU(0.5), nn.LeakyReLU(0.2), nn.Softplus()),
        *(nn.Hardtanh(-0.5, 2), nn.Hardswish(), nn.ReLU6(), nn.PReLU(6), nn.Hardsigmoid(), nn.CELU()),
    ]
    return nn.Sequential(*(one for layer in layers for one in (nn.Linear(6, 6), layer)), nn.Linear(6, 2))


NETS = {
    "residual-strides": (
        nn.Sequential(nn.Conv2d(2, 4, 3, 1, 1), Block(4, 4, 1), Block(4, 6, 2), Mean(), nn.Linear(6, 3)),
        {"shape": [3, 2, 8, 8]},
    ),
    "separable": (
        nn.Sequential(
            *(nn.Conv2d(3, 6, 3, 2, 1), nn.BatchNorm2d(6), nn.Hardswish()),
            *(nn.Conv2d(6, 6, 3, 1, 1, groups=6, bias=False), nn.ReLU6(), Gate(6), nn.Conv2d(6, 4, 1), nn.SiLU()),
            *(nn.AvgPool2d(2, padding=1, count_include_pad=False), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3)),
        ),
        {"shape": [2, 3, 9, 7], "fixed": True},
    ),
    "activations": (activations(), {"shape": [4, 6]}),
    "decoder": (Decoder(), {"shape": [3, 5]}),
    "norms": (
        nn.Sequential(
            *(nn.Conv2d(2, 6, 3, bias=False), nn.GroupNorm(3, 6), nn.Tanh(), nn.InstanceNorm2d(6, affine=True)),
            *(nn.MaxPool2d(2, 2, ceil_mode=True), nn.Flatten(), nn.Linear(24, 5), nn.LayerNorm(5), nn.Linear(5, 2)),
        ),
        {"shape": [3, 2, 6, 6], "opset": 13},
    ),
    "signals": (
        nn.Sequential(
            *(nn.Conv1d(2, 4, 5, 2, 2), nn.BatchNorm1d(4), nn.PReLU(), nn.MaxPool1d(2), nn.ConvTranspose1d(4, 2, 3, 2)),
            *(nn.AvgPool1d(3, 2, 1), nn.Flatten(), nn.Dropout(0.3), nn.Linear(10, 3), nn.Softmax(1)),
        ),
        {"shape": [3, 2, 18], "opset": 11, "training": torch.onnx.TrainingMode.EVAL},
    ),
    "words": (Words(), {"shape": [4, 6], "count": 12}),
    "gru": (Last(nn.GRU, False), {"shape": [3, 5, 3]}),
    "lstm": (Last(nn.LSTM, True), {"shape": [3, 5, 3]}),
    "raw": (Standardized(nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1), nn.Sigmoid())), {"shape": [5, 3]}),
    "padded": (Padded(), {"shape": [3, 2, 6, 7], "opset": 13}),
    "stacked": (Stacked(), {"shape": [3, 5], "count": 9}),
    "training": (
        nn.Sequential(
            *(nn.Conv2d(1, 4, 3, bias=False), nn.BatchNorm2d(4, momentum=0.2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
            *(nn.Dropout(0.3), nn.Linear(16, 3)),
        ),
        {"shape": [3, 1, 6, 6], "training": torch.onnx.TrainingMode.TRAINING, "classes": ["low", "middle", "top"]},
    ),
    "heads": (Heads(), {"shapes": {"facts": [4, 4], "output": [4, 3]}, "outputs": ["kind", "size"]}),
    "unsupported-options": (
        Options(),
        {"shapes": {"images": [2, 1, 6, 7], "tokens": [2, 5, 4]}, "outputs": ["padded", "pooled", "normal", "last", "cells"]},
    ),
}


def listed(tensor):
    return {"shape": list(tensor.shape), "data": [float(f"{value:.9g}") for value in tensor.flatten().tolist()]}


for i, (name, (net, given)) in enumerate(NETS.items()):
    torch.manual_seed(i)
    for parameter in net.parameters():
        nn.init.normal_(parameter, std=0.4)
    for module in net.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            nn.init.normal_(module.running_mean, std=0.3)
            nn.init.uniform_(module.running_var, 0.5, 2)
    shapes = given.get("shapes") or {"input": given["shape"]}
    draw = (lambda shape: torch.randint(given["count"], shape)) if "count" in given else torch.randn
    x = {key: draw(shape) for key, shape in shapes.items()}
    outputs = given.get("outputs", ["output"])
    training = given.get("training", torch.onnx.TrainingMode.EVAL)
    net.train(training == torch.onnx.TrainingMode.TRAINING)
    path = os.path.join(HERE, f"{name}.onnx")
    torch.onnx.export(
        *(net, tuple(x.values()), path),
        **{"input_names": list(x), "output_names": outputs, "do_constant_folding": not net.training},
        **{"dynamic_axes": {} if given.get("fixed") else {key: {0: "batch"} for key in [*x, *outputs]}},
        **{"opset_version": given.get("opset", 17), "training": training},
    )
    if "classes" in given:
        file = onnx.load(path)
        file.metadata_props.add(key="classNames", value=json.dumps(given["classes"]))
        onnx.save(file, path)
    found = net.eval()(*x.values())
    y = dict(zip(outputs, found if isinstance(found, tuple) else [found]))
    # What the last log-softmax gives, the library leaves to a loss that predicts probabilities.
    y = {key: value.detach().exp() if name == "words" else value.detach() for key, value in y.items()}
    case = {"supported": True, "inputs": {key: listed(value) for key, value in x.items()}}
    case["outputs"] = {key: listed(value) for key, value in y.items()}
    if name.startswith("unsupported-"):
        case = {"supported": False}
    elif list(x) == ["input"] and outputs == ["output"]:
        case = {"supported": True, "input": listed(x["input"]), "output": listed(y["output"])}
    with open(os.path.join(HERE, f"{name}.json"), "w") as file:
        file.write(json.dumps(case) + "\n")
