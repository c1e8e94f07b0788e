# Prints the values of the focal loss in values.gpu.test.ts, by its definition in torchvision, in double precision.
import json
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def focal(z, y, gamma, alpha):
    p = torch.sigmoid(z)
    cost = F.binary_cross_entropy_with_logits(z, y, reduction="none")
    right = p * y + (1 - p) * (1 - y)
    loss = cost * (1 - right) ** gamma
    return loss if alpha == "none" else (alpha * y + (1 - alpha) * (1 - y)) * loss


for gamma, alpha in [(2, 0.25), (0.5, "none"), (1, 0.75), (5, 0.25), (0, 0.25)]:
    for target in [0.0, 1.0, 0.3]:
        z = torch.tensor([-4, -0.5, 0, 1.5, 6.0], requires_grad=True)
        loss = focal(z, torch.full_like(z, target), gamma, alpha)
        loss.sum().backward()
        print(json.dumps([gamma, alpha, target, loss.tolist(), z.grad.tolist()]))
