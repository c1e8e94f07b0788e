"""Makes recurrent.json: embeddings and recurrent nets, by PyTorch in double precision. Run it in this folder: python3 recurrent.py

A loss is sum((output - target)^2) / (2 N). A sequence that is shorter than the others ends in steps of zeros, and PyTorch gets it packed.
"""

import json

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.manual_seed(5)
torch.set_default_dtype(torch.float64)


def rounded(tensor):
    """As 32-bit floats hold it, so that both sides start from the same numbers."""
    return tensor.float().double()


def tensor_of(tensor):
    return {"shape": list(tensor.shape), "data": [float(f"{v:.9g}") for v in tensor.detach().flatten().tolist()]}


def last_of(name, state):
    return (state[0] if name == "LSTM" else state)[0]


def run(layers, x, lengths):
    """Each layer is (name, module, whether the whole sequence comes out)."""
    for name, module, sequence in layers:
        if name in ("GRU", "LSTM"):
            if lengths is None:
                out, state = module(x)
            else:
                packed, state = module(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False))
                out, _ = pad_packed_sequence(packed, batch_first=True, total_length=x.shape[1])
            x = out if sequence else last_of(name, state)
        else:
            x = module(x.flatten(1) if name == "Linear" else x)
    return x


def case(layers, x, lengths=None):
    modules = nn.ModuleList([module for _, module, _ in layers])
    with torch.no_grad():
        for parameter in modules.parameters():
            parameter.copy_(rounded(parameter))
    output = run(layers, x, lengths)
    target = rounded(torch.randn(output.shape))
    loss = ((output - target) ** 2).sum() / (2 * x.shape[0])
    names = [name for name, _ in modules.named_parameters()]
    wanted = list(modules.parameters()) + ([x] if x.requires_grad else [])
    gradients = torch.autograd.grad(loss, wanted)
    keyed = lambda tensors: {f"layers.{name}": tensor_of(t) for name, t in zip(names, tensors)}
    return {
        "x": tensor_of(x),
        "target": tensor_of(target),
        "parameters": keyed(modules.parameters()),
        "output": tensor_of(output),
        "loss": loss.item(),
        "gradients": {
            **keyed(gradients),
            **({"inputs": tensor_of(gradients[-1])} if x.requires_grad else {}),
        },
    }


def signals(count, length, features, lengths=None):
    x = rounded(torch.randn(count, length, features))
    for i, n in enumerate(lengths or []):
        x[i, n:] = 0
    return x.requires_grad_()


def words(count, length, most, lengths=None):
    x = torch.randint(1, most, (count, length))
    for i, n in enumerate(lengths or []):
        x[i, n:] = 0
    return x


def recurrent(name, features, units, sequence=False):
    return (name, getattr(nn, name)(features, units, batch_first=True), sequence)


some = [3, 6, 1, 4, 6]
cases = {
    "embedding with padding": case(
        [("Embedding", nn.Embedding(9, 4, padding_idx=0), False), ("Linear", nn.Linear(24, 3), False)],
        words(5, 6, 9, some),
    ),
}
for name in ("GRU", "LSTM"):
    kind = name.lower()
    cases[f"{kind}, last state"] = case([recurrent(name, 3, 4)], signals(5, 6, 3))
    cases[f"{kind}, whole sequence"] = case([recurrent(name, 3, 5, True)], signals(4, 7, 3))
    cases[f"{kind}, masked, last state"] = case([recurrent(name, 3, 4)], signals(5, 6, 3, some), some)
    cases[f"{kind}, masked, whole sequence"] = case([recurrent(name, 2, 3, True)], signals(5, 6, 2, some), some)
    cases[f"{kind}, two layers"] = case(
        [recurrent(name, 3, 6, True), recurrent(name, 6, 4), ("Linear", nn.Linear(4, 2), False)], signals(5, 6, 3)
    )
    cases[f"{kind}, text of two masked layers"] = case(
        [
            ("Embedding", nn.Embedding(9, 4, padding_idx=0), False),
            recurrent(name, 4, 5, True),
            recurrent(name, 5, 3),
            ("Linear", nn.Linear(3, 2), False),
        ],
        words(5, 6, 9, some),
        some,
    )

with open("recurrent.json", "w") as file:
    json.dump(cases, file)
    file.write("\n")
