class Standardize(nn.Module):
    """(x - mean) / std, with one number for all, one per channel or one per number of a sample; 0 where std is 0."""

    def __init__(self, values):
        super().__init__()
        self.register_buffer("mean", torch.zeros(values))
        self.register_buffer("std", torch.ones(values))

    def forward(self, x):
        whole = self.mean.numel() == math.prod(x.shape[1:])
        shape = x.shape[1:] if whole else [-1] + [1] * (x.dim() - 2)
        return (x - self.mean.view(shape)) / self.std.masked_fill(self.std == 0, math.inf).view(shape)
