def multiplied(first, *others):
    """The product; a value [N, C] weighs each channel of [N, C, ...]."""
    for x in others:
        first = first * (x if x.shape == first.shape else x.reshape(*x.shape, *[1] * (first.dim() - 2)))
    return first
