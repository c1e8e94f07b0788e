# Prints the values of weighted samples in weighing.gpu.test.ts, in double precision: for three losses the loss of a batch, and its
# gradients with respect to the weight and the bias of one dense layer. As in Keras, the mean divides by the number of samples.
import json
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)

X = torch.tensor([[0.5, -1], [2, 0.25], [-1.5, 1], [0.75, 3]])
W = torch.tensor([0.25, 3, 0, 1.5])
WEIGHT = [[0.5, -0.25], [1, 0.75], [-0.5, 2]]
BIAS = [0.1, -0.2, 0.3]
CLASSES = torch.tensor([2, 0, 1, 1])
VALUES = torch.tensor([[1, 0, 1], [0, 0, 1], [1, 1, 0], [0, 1, 0]], dtype=torch.float64)

COSTS = [
    lambda z: F.cross_entropy(z, CLASSES, reduction="none"),
    lambda z: F.binary_cross_entropy_with_logits(z, VALUES, reduction="none").sum(1),
    lambda z: F.mse_loss(z, VALUES, reduction="none").mean(1),
]

for cost in COSTS:
    weight, bias = (torch.tensor(values, requires_grad=True) for values in (WEIGHT, BIAS))
    loss = (W * cost(X @ weight.T + bias)).mean()
    loss.backward()
    print(json.dumps([loss.item(), *weight.grad.flatten().tolist(), *bias.grad.tolist()]))
