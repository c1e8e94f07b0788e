# Prints the values of weighted labels in values.gpu.test.ts, in double precision: those of BCEWithLogitsLoss with pos_weight, and
# those of the same loss of softmax(z).
import json
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)

Z = [[-4, 0.5, 2], [1.5, -0.25, 6], [0, 3, -1], [-100, 100, 100]]
Y = [[1, 1, 1], [0, 0, 0], [0.3, 0.7, 0.5], [1, 0, 1]]
P = torch.tensor([3, 0.25, 0])


def of_logits(z, y):
    return F.binary_cross_entropy_with_logits(z, y, pos_weight=P, reduction="none")


def of_softmax(z, y):
    a = torch.softmax(z, 1)
    return -(P * y * torch.log(a) + (1 - y) * torch.log(1 - a))


for cost, count in [(of_logits, 4), (of_softmax, 3)]:
    z = torch.tensor(Z[:count], requires_grad=True)
    loss = cost(z, torch.tensor(Y[:count])).sum(1)
    loss.sum().backward()
    print(json.dumps([loss.tolist(), z.grad.tolist()]))
