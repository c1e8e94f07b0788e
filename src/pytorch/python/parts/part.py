def part_of(x, name, first, shape):
    """One of several inputs: by its name, or the part that it is of whole samples."""
    part = x[name] if isinstance(x, dict) else x[:, first : first + math.prod(shape)]
    return part.reshape(len(part), *shape)
