"""
Runs exported nets, in double precision: reads a JSON list of { folder, x, y } from stdin, with samples one after another, and writes
for each what it computes: the prediction, the loss of a training step, the gradients by parameter, and the running statistics after
it. Of a net that raises NotImplementedError it writes the message as `missing`. Without x it writes the parameters of a new net.
"""

import importlib.util
import json
import os
import sys

import torch

cases = json.load(sys.stdin)
sys.path.insert(0, cases[0]["folder"])

import layers  # noqa: E402: the files that are the same in every folder
import state  # noqa: E402


def module_of(folder, name):
    spec = importlib.util.spec_from_file_location(name, os.path.join(folder, f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def side_by_side(outputs):
    return torch.cat([value.flatten(1) for value in parts(outputs)], 1)


def parts(outputs):
    return list(outputs.values()) if isinstance(outputs, dict) else [outputs]


def computed(folder, x, y):
    net = module_of(folder, "model").Net()
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
        config = json.load(file)
    path = os.path.join(folder, "weights.safetensors")
    tensors, _ = state.load(path)
    state.restore(net, tensors)
    state.optimizer(net, config, path)  # which freezes what is frozen
    if any(isinstance(module, torch.nn.Dropout) for module in net.modules()):
        step = layers.Step()
        step.key = layers.draws.step_key(config["seed"], config["steps"])
        layers.prepare(net, step, 1)
    net.double()
    x = torch.tensor(x, dtype=torch.float64).reshape(-1, *config["input"])
    y = torch.tensor(y, dtype=torch.float64).reshape(len(x), -1)
    found = {"prediction": side_by_side(net.predict(x))}
    of_samples = module_of(folder, "losses").losses_of(config["loss"], parts(net(x)), y)
    head = next(iter(config["loss"].get("outputs", {"": config["loss"]}).values()))
    loss = of_samples.sum() if head["reduction"] == "sum" else of_samples.mean()
    loss.backward()
    found["loss"] = loss.detach()
    for key, parameter in net.named_parameters():
        if parameter.grad is not None:
            found[key] = parameter.grad
    found.update((key, buffer) for key, buffer in net.named_buffers() if "running" in key)
    return {key: value.flatten().tolist() for key, value in found.items()}


def new(folder):
    torch.manual_seed(1)
    net = module_of(folder, "model").Net()
    return {key: value.flatten().tolist() for key, value in net.state_dict().items()}


def tried(case):
    try:
        return computed(**case) if "x" in case else new(**case)
    except NotImplementedError as error:
        return {"missing": str(error)}


json.dump([tried(case) for case in cases], sys.stdout)
