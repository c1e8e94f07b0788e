"""The file of the run, and the state of its optimizer as one of torch.optim.

The file is read by the package `safetensors` where that is installed, and needs no package elsewhere.
"""

import json
import os
import zlib

import numpy as np
import torch

import schedule

try:
    from safetensors import safe_open
except ImportError:
    safe_open = None

WEIGHTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "weights.safetensors")
CHECKSUMS = "retrograd.crc32"


def load(path):
    """The tensors of a safetensors file by name, and its texts by name."""
    if safe_open:
        with safe_open(path, framework="np") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}
    with open(path, "rb") as file:
        content = file.read()
    start = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:start])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        if entry["dtype"] != "F32":
            raise ValueError(f"{path}: {name}: expected F32, found {entry['dtype']}")
        begin, end = entry["data_offsets"]
        data = np.frombuffer(content[start + begin : start + end], "<f4")
        tensors[name] = data.reshape(entry["shape"]).copy()
    return tensors, metadata


def save(path, tensors, metadata):
    """Writes such a file, whole or not at all."""
    metadata = {name: text for name, text in metadata.items() if name != CHECKSUMS}
    arrays = {name: np.ascontiguousarray(array, "<f4") for name, array in tensors.items()}
    header, end = {"__metadata__": {**metadata, CHECKSUMS: checksums(arrays, metadata)}}, 0
    for name, array in arrays.items():
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [end, end + array.nbytes]}
        end += array.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    part = f"{path}.part"
    with open(part, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for array in arrays.values():
            file.write(array.tobytes())
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def checksums(tensors, metadata):
    sums = {name: f"{zlib.crc32(array.tobytes()):08x} {list(array.shape)}" for name, array in tensors.items()}
    texts = {name: f"{zlib.crc32(text.encode()):08x}" for name, text in metadata.items()}
    return json.dumps({"tensors": sums, "metadata": texts})


def restore(net, tensors):
    """Sets the parameters of the net to those that training goes on with, which the averages of a net with some are not."""
    raw = {key: tensors.get(f"optimizer.raw.{key}", tensors[key]) for key in net.state_dict()}
    net.load_state_dict({key: torch.from_numpy(value) for key, value in raw.items()})


MAKERS = {
    "sgd": lambda groups, o: torch.optim.SGD(groups, lr=0),
    "momentum": lambda groups, o: torch.optim.SGD(groups, lr=0, momentum=o["momentum"]),
    "nesterov": lambda groups, o: torch.optim.SGD(groups, lr=0, momentum=o["momentum"], nesterov=True),
    "rmsprop": lambda groups, o: torch.optim.RMSprop(groups, lr=0, alpha=o["decay"], eps=o["epsilon"]),
    "adam": lambda groups, o: torch.optim.Adam(groups, lr=0, betas=(o["momentum"], o["decay"]), eps=o["epsilon"]),
    "adamw": lambda groups, o: torch.optim.AdamW(groups, lr=0, betas=(o["momentum"], o["decay"]), eps=o["epsilon"]),
}

# What each keeps of a parameter, by the names of torch.optim and of the file.
KEPT = {
    "sgd": {},
    "momentum": {"momentum_buffer": "v"},
    "nesterov": {"momentum_buffer": "v"},
    "rmsprop": {"square_avg": "v"},
    "adam": {"exp_avg": "m", "exp_avg_sq": "v"},
    "adamw": {"exp_avg": "m", "exp_avg_sq": "v"},
}


def optimizer(net, config, path=WEIGHTS):
    """The optimizer of the run, with the state that the file has.

    A group has the parameters of one weight decay and one `factor` of the learning rate, and their `keys`.
    """
    options = config["optimizer"]
    if options is None:
        raise ValueError("expected a file with the state of an optimizer, found one of weights alone")
    tensors, metadata = load(path)
    position = json.loads(metadata["retrograd"])["position"]
    rate = schedule.rate_at(position["learningRate"], position["updates"])
    groups = {}
    for key, parameter in net.named_parameters():
        parameter.requires_grad_(key not in config["frozen"])
        if parameter.requires_grad:
            decay = options["weightDecay"] if key in config["decays"] else 0
            groups.setdefault((decay, config["factors"].get(key, 1)), {})[key] = parameter
    made = MAKERS[options["kind"]](
        [
            {"params": list(of.values()), "keys": list(of), "weight_decay": decay, "factor": factor, "lr": rate * factor}
            for (decay, factor), of in groups.items()
        ],
        options,
    )
    for key, parameter, kept in entries(made, options["kind"]):
        updates = position["updates"] - position.get("stateFrom", {}).get(key, 0)
        state = {name: torch.from_numpy(tensors[at]).to(parameter.device) for name, at in kept.items()}
        if state:
            made.state[parameter] = {"step": torch.tensor(float(updates)), **state}
    made.kind = options["kind"]
    return made


def entries(optimizer, kind):
    """The key of each parameter, the parameter, and the names of its state in the file by those in torch.optim."""
    for group in optimizer.param_groups:
        for key, parameter in zip(group["keys"], group["params"]):
            yield key, parameter, {name: f"optimizer.{short}.{key}" for name, short in KEPT[kind].items()}


def unmap(net, optimizer):
    """The parameters of the net and the state of the optimizer, by the names of the file."""
    tensors = {key: to_array(value) for key, value in net.state_dict().items()}
    for _, parameter, kept in entries(optimizer, optimizer.kind):
        for name, at in kept.items():
            tensors[at] = to_array(optimizer.state[parameter][name])
    return tensors


def to_array(tensor):
    return tensor.detach().cpu().numpy().copy()
