class BatchNorm(nn.modules.batchnorm._BatchNorm):
    """Batch normalisation of features [N, F] or channels [N, C, ...].

    A single value per channel has no variance: it becomes the bias. A frozen layer uses its running statistics in training too.
    """

    def __init__(self, channels, eps, momentum, frozen=False):
        super().__init__(channels, eps, momentum)
        self.num_batches_tracked = None  # it is not in the file
        self.track_running_stats = not frozen

    def forward(self, x):
        learns = self.training and self.track_running_stats
        if learns and x.numel() == self.num_features:
            shape = [1, -1] + [1] * (x.dim() - 2)
            return 0 * x * self.weight.view(shape) + self.bias.view(shape)
        running = self.running_mean, self.running_var
        return F.batch_norm(x, *running, self.weight, self.bias, learns, self.momentum, self.eps)

    def _load_from_state_dict(self, *args):
        nn.Module._load_from_state_dict(self, *args)
