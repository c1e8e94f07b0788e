def skipping_zeros(rnn, x, sequence):
    """The states of a recurrent layer that leaves out steps of zeros: they keep the state, and are 0 in a whole sequence."""
    kept = (x != 0).any(2)
    order = torch.sort((~kept).int(), dim=1, stable=True)[1]  # the steps that are kept first
    states, _ = rnn(x.gather(1, order[..., None].expand_as(x)))
    if sequence:
        back = order.argsort(1)[..., None].expand_as(states)
        return states.gather(1, back) * kept[..., None]
    return F.pad(states, (0, 0, 1, 0))[torch.arange(len(x)), kept.sum(1)]
