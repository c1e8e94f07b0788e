"""Makes training.json: steps of training in double precision by PyTorch, for what its optimizers and schedulers have too.

Run: python3 test/oracle/training/training.py
"""
import json
from pathlib import Path

import torch
from torch import nn
from torch.optim.lr_scheduler import ReduceLROnPlateau
from torch.optim.swa_utils import AveragedModel

torch.set_default_dtype(torch.float64)
torch.manual_seed(18)

STEPS, BATCH, INPUTS, CLASSES = 6, 5, 4, 3


def short(values):
    return [float(f"{v:.9g}") for v in values]


def tensor(t):
    return {"shape": list(t.shape), "data": short(t.detach().flatten().tolist())}


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleDict(
            {"0": nn.Linear(INPUTS, 6), "2": nn.BatchNorm1d(6), "3": nn.Linear(6, 5), "5": nn.Linear(5, CLASSES)}
        )

    def forward(self, x):
        l = self.layers
        return l["5"](torch.tanh(l["3"](l["2"](torch.tanh(l["0"](x))))))


def parameters(net):
    return {key: tensor(t) for key, t in net.state_dict().items() if not key.endswith("num_batches_tracked")}


first = Net()
with torch.no_grad():
    first.layers["2"].running_mean.normal_(0, 0.3)
    first.layers["2"].running_var.uniform_(0.5, 2)
    first.layers["2"].weight.uniform_(0.5, 1.5)
    first.layers["2"].bias.normal_(0, 0.3)
start = {key: t.float().double() for key, t in first.state_dict().items()}  # what 32 bits hold
batches = [(torch.randn(BATCH, INPUTS).float().double(), torch.randint(CLASSES, (BATCH,))) for _ in range(STEPS)]


def new():
    net = Net()
    net.load_state_dict(start)
    return net


def train(net, optimizer, steps, after=lambda: None):
    for x, y in batches[steps]:
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(x), y).backward()
        optimizer.step()
        after()


def frozen():
    """The first dense layer and the normalisation frozen, as one writes it in PyTorch: no gradients, and eval()."""
    net = new()
    for name in ("0", "2"):
        net.layers[name].requires_grad_(False)
        net.layers[name].eval()
    adam = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], lr=0.01)
    train(net, adam, slice(0, STEPS))
    return parameters(net)


def thawed():
    """The same under momentum for three steps, then all is trained: what is new to the optimizer has no velocity yet."""
    net = new()
    body = [net.layers["0"], net.layers["2"]]
    for layer in body:
        layer.requires_grad_(False).eval()
    sgd = torch.optim.SGD([*net.layers["3"].parameters(), *net.layers["5"].parameters()], lr=0.1, momentum=0.9)
    train(net, sgd, slice(0, 3))
    for layer in body:
        layer.requires_grad_(True).train()
        sgd.add_param_group({"params": list(layer.parameters())})
    train(net, sgd, slice(3, STEPS))
    return parameters(net)


def thawed_adam():
    """Under Adam: the body frozen for two steps, then all trained, then the last layer frozen for a step, whose state is let go of."""
    net = new()
    body, last = [net.layers["0"], net.layers["2"]], net.layers["5"]
    for layer in body:
        layer.requires_grad_(False).eval()
    adam = torch.optim.Adam([*net.layers["3"].parameters(), *last.parameters()], lr=0.01)
    train(net, adam, slice(0, 2))
    for layer in body:
        layer.requires_grad_(True).train()
        adam.add_param_group({"params": list(layer.parameters())})
    train(net, adam, slice(2, 4))
    last.requires_grad_(False)
    for parameter in last.parameters():
        parameter.grad = None
        del adam.state[parameter]
    train(net, adam, slice(4, 5))
    last.requires_grad_(True)
    train(net, adam, slice(5, STEPS))
    return parameters(net)


def rates():
    """A tenth of the learning rate for the first layer, twice that for all biases; weight decay and momentum for all."""
    net = new()
    factor = lambda key: 2 if key.endswith(".bias") else 0.1 if key.startswith("layers.0.") else 1
    groups = [{"params": [p], "lr": 0.1 * factor(key)} for key, p in net.named_parameters()]
    train(net, torch.optim.SGD(groups, lr=0.1, momentum=0.9, weight_decay=0.01), slice(0, STEPS))
    return parameters(net)


def averaged(beta):
    """Weights 1, beta, beta^2, ... for those after the last steps, divided by their sum; buffers are those of the net."""

    def mean(average, current, n):
        weight = (1 - beta) / (1 - beta ** (int(n) + 1))
        return average + weight * (current - average)

    net = new()
    average = AveragedModel(net, avg_fn=mean)
    # The first call of update_parameters copies, which is what the mean of one is.
    train(net, torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9), slice(0, STEPS),
          lambda: average.update_parameters(net))
    average.module.load_state_dict({key: t for key, t in net.state_dict().items() if "running" in key}, strict=False)
    average.eval()
    outputs = torch.softmax(average(batches[0][0]), dim=1)
    return {"beta": beta, "parameters": parameters(net), "averages": parameters(average.module), "outputs": tensor(outputs)}


def plateau(values, **options):
    weight = nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weight], lr=0.5)
    scheduler = ReduceLROnPlateau(optimizer, eps=0, **options)
    rates = []
    for value in values:
        scheduler.step(value)
        rates.append(optimizer.param_groups[0]["lr"])
    return {"options": options, "values": values, "rates": short(rates)}


losses = [1.0, 0.9, 0.9, 0.8995, 0.9, 0.91, 0.7, 0.75, 0.72, 0.70001, 0.71, 0.71, 0.3, 0.31, 0.32, 0.33, 0.34, 0.35,
          0.36, 0.37, 0.38, 0.39, 0.4, 0.41, 0.29999, 0.2999, 0.31]
scores = [round(1 - value, 6) for value in losses]
plateaus = [
    plateau(losses),
    plateau(losses, patience=0),
    plateau(losses, patience=2, factor=0.5),
    plateau(losses, patience=1, factor=0.5, cooldown=3),
    plateau(losses, patience=1, factor=0.1, min_lr=0.004),
    plateau(losses, patience=1, factor=0.5, threshold=0.05),
    plateau(losses, patience=1, factor=0.5, threshold=0.25, threshold_mode="abs"),
    plateau(scores, patience=1, factor=0.5, mode="max"),
    plateau(scores, patience=1, factor=0.5, mode="max", threshold=0.25, threshold_mode="abs"),
]

out = {
    "torch": torch.__version__,
    "start": {k: tensor(t) for k, t in start.items() if "num_batches" not in k},
    "batches": [{"x": short(x.flatten().tolist()), "y": y.tolist()} for x, y in batches],
    "frozen": frozen(),
    "thawed": thawed(),
    "thawedAdam": thawed_adam(),
    "rates": rates(),
    "averaged": [averaged(0.9), averaged(0.5), averaged(0.0)],
    "plateaus": plateaus,
}
Path(__file__).with_suffix(".json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
