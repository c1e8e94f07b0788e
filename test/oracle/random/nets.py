"""
Computes random nets of retrograd with PyTorch, in double precision.

It reads a JSON list of { model, parameters, x, y, loss, indices } from stdin: the model as plain data, as retrograd has it, and
tensors as { shape, data }, samples one after another. Writes for each net the 'prediction' of an evaluation, and the gradients of a
training step by their keys, that of the inputs as 'inputs' unless these are indices: { data, rounding }, where the rounding is the
largest difference that single precision makes in PyTorch.
"""
import json
import sys

import torch
import torch.nn.functional as F

ACTIVATIONS = {
    "linear": lambda z: z,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leakyRelu": F.leaky_relu,
    "elu": F.elu,
    "gelu": lambda z: F.gelu(z, approximate="tanh"),
    "exactGelu": F.gelu,
    "silu": F.silu,
    "softplus": F.softplus,
    "mish": F.mish,
    "relu6": F.relu6,
    "hardSigmoid": F.hardsigmoid,
    "hardSwish": F.hardswish,
    "selu": F.selu,
    "softmax": lambda z: torch.softmax(z, 1),
}


def pair(value):
    return tuple(value) if isinstance(value, list) else (value, value)


def padded(x, padding, kernel, stride):
    """x with zeros around the places of the last axes, one per side as `padding` says."""
    axes = len(kernel)
    if padding == "valid":
        return x
    if padding != "same":
        sides = padding if isinstance(padding, list) else [padding] * axes
        return F.pad(x, [n for side in reversed(sides) for n in (side, side)])
    around = []
    for n, size, step in zip(reversed(x.shape[-axes:]), reversed(kernel), reversed(stride)):
        total = max(0, (-(-n // step) - 1) * step + size - n)
        around += [total // 2, total - total // 2]
    return F.pad(x, around)


def convolved(convolve, layer, p, x, axes):
    kernel = layer["kernel"] if axes == 2 else [layer["kernel"]]
    stride = pair(layer["stride"]) if axes == 2 else (layer["stride"],)
    x = padded(x, layer["padding"], kernel, stride)
    return convolve(x, p["weight"], p.get("bias"), stride, groups=layer.get("groups", 1))


def transposed(layer, p, x):
    stride, padding, extra = (pair(layer[name]) for name in ("stride", "padding", "outputPadding"))
    return F.conv_transpose2d(x, p["weight"], p.get("bias"), stride, padding, extra, layer.get("groups", 1))


def pooled(layer, x, axes):
    size, stride, padding = layer["size"], layer["stride"], layer.get("padding", 0)
    if axes == 2:
        size, stride, padding = pair(size), pair(stride), pair(padding)
    if layer["pool"] == "max":
        return (F.max_pool2d if axes == 2 else F.max_pool1d)(x, size, stride, padding)
    average = F.avg_pool2d if axes == 2 else F.avg_pool1d
    return average(x, size, stride, padding, count_include_pad=layer.get("countPadding", True))


def per_channel(values, x):
    """Values of one number, one per channel or one per number of a sample, to be combined with x."""
    n = values.numel()
    if n == x[0].numel():
        return values.reshape(x.shape[1:])
    return values.reshape([n] + [1] * (x.dim() - 2))


def multiplied(xs):
    product, *others = xs
    for x in others:
        product = product * (x if x.shape == product.shape else x.reshape(*x.shape, *[1] * (product.dim() - x.dim())))
    return product


def upsampled(layer, x):
    height, width = pair(layer["factor"])
    return x.repeat_interleave(height, 2).repeat_interleave(width, 3)


def recurrent(layer, p, x):
    weights = [p[f"{name}_l0"] for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
    state = x.new_zeros(1, x.shape[0], layer["units"])
    # bias, 1 layer, no dropout, training, one direction, samples first
    settings = (True, 1, 0.0, True, False, True)
    if layer["layer"] == "gru":
        states, _ = torch.gru(x, state, weights, *settings)
    else:
        states, _, _ = torch.lstm(x, (state, state), weights, *settings)
    return states if layer["sequence"] else states[:, -1]


def applied(layer, p, xs, training):
    kind, x = layer["layer"], xs[0]
    f = ACTIVATIONS[layer.get("activation", "linear")]
    if kind == "dense":
        return f(F.linear(x.flatten(1), p["weight"], p.get("bias")))
    if kind == "conv2d":
        return f(convolved(F.conv2d, layer, p, x, 2))
    if kind == "conv1d":
        return f(convolved(F.conv1d, layer, p, x, 1))
    if kind == "conv2dTranspose":
        return f(transposed(layer, p, x))
    if kind == "activation":
        return f(x)
    if kind == "embedding":
        return F.embedding(x.long(), p["weight"], layer.get("padding"))
    if kind == "batchNorm":
        running = p["running_mean"].detach().clone(), p["running_var"].detach().clone()
        return F.batch_norm(x, *running, p["weight"], p["bias"], training, eps=layer["epsilon"])
    if kind == "layerNorm":
        shape = x.shape[1:]
        return F.layer_norm(x, shape, p["weight"].reshape(shape), p["bias"].reshape(shape), layer["epsilon"])
    if kind == "groupNorm":
        return F.group_norm(x, layer["groups"], p["weight"], p["bias"], layer["epsilon"])
    if kind == "prelu":
        return F.prelu(x, p["weight"])
    if kind == "standardize":
        return (x - per_channel(p["mean"], x)) / per_channel(p["std"], x)
    if kind == "pool2d":
        return pooled(layer, x, 2)
    if kind == "pool1d":
        return pooled(layer, x, 1)
    if kind == "globalPool2d":
        return x.mean((2, 3)) if layer["pool"] == "average" else F.max_pool2d(x, x.shape[2:]).flatten(1)
    if kind == "upsample2d":
        return upsampled(layer, x)
    if kind == "flatten":
        return x.flatten(1)
    if kind == "reshape":
        return x.reshape(-1, *layer["shape"])
    if kind == "permute":
        return x.permute(0, *[axis + 1 for axis in layer["axes"]])
    if kind == "add":
        return sum(xs[1:], xs[0])
    if kind == "multiply":
        return multiplied(xs)
    if kind == "concat":
        return torch.cat(xs, 1)
    if kind in ("gru", "lstm"):
        return recurrent(layer, p, x)
    raise ValueError(f"no layer {kind}")


def outputs_of(model, parameters, x, training):
    values = [x]
    shared = model.get("weightsOf") or list(range(len(model["layers"])))
    for i, layer in enumerate(model["layers"]):
        prefix = f"layers.{shared[i]}."
        own = {key[len(prefix) :]: value for key, value in parameters.items() if key.startswith(prefix)}
        values.append(applied(layer, own, [values[k] for k in model["wiring"][i]], training))
    return values[-1]


def loss_of(name, a, y):
    n = a.shape[0]
    a, y = a.flatten(1), y.flatten(1)
    if name == "quadratic":
        return ((a - y) ** 2).sum() / 2 / n
    if name == "meanSquared":
        return F.mse_loss(a, y)
    if name == "sigmoidCrossEntropy":
        return F.binary_cross_entropy_with_logits(a, y, reduction="sum") / n
    if name == "softmaxCrossEntropy":
        return -(y * torch.log_softmax(a, 1)).sum() / n
    raise ValueError(f"no loss {name}")


PREDICTIONS = {"sigmoidCrossEntropy": torch.sigmoid, "softmaxCrossEntropy": lambda z: torch.softmax(z, 1)}


def results(net, dtype):
    def tensor(given):
        return torch.tensor(given["data"], dtype=dtype).reshape(given["shape"])

    parameters = {key: tensor(value).requires_grad_() for key, value in net["parameters"].items()}
    x, y, loss = tensor(net["x"]), tensor(net["y"]), net["loss"]
    if not net["indices"]:
        x.requires_grad_()
    loss_of(loss, outputs_of(net["model"], parameters, x, True), y).backward()
    found = {key: value.grad for key, value in {**parameters, "inputs": x}.items() if value.grad is not None}
    with torch.no_grad():
        a = outputs_of(net["model"], parameters, x, False).flatten(1)
    found["prediction"] = PREDICTIONS.get(loss, lambda a: a)(a)
    return found


def computed(net):
    exact, rounded = (results(net, dtype) for dtype in (torch.float64, torch.float32))
    return {
        key: {"data": value.flatten().tolist(), "rounding": float((value - rounded[key]).abs().max())}
        for key, value in exact.items()
    }


json.dump([computed(net) for net in json.load(sys.stdin)], sys.stdout)
