"""Learning rates: a number, or a schedule, which is a function of t, the number of updates done so far."""

import math


def rate_at(rate, t: int) -> float:
    if not isinstance(rate, dict):
        return rate
    return RATES[rate["schedule"]](rate, t)


def along_cosine(start: float, end: float, x: float) -> float:
    """Half a period of a cosine, from one value at x = 0 to another at x = 1."""
    return end + (start - end) * (1 + math.cos(math.pi * min(x, 1))) / 2


def one_cycle(s: dict, t: int) -> float:
    top = s["rise"] * s["steps"]
    if t < top:
        return along_cosine(s["from"], s["max"], t / top)
    return along_cosine(s["max"], s["to"], (t - top) / (s["steps"] - top))


def warm_up(s: dict, t: int) -> float:
    if t < s["steps"]:
        return rate_at(s["rate"], 0) * (t + 1) / s["steps"]
    return rate_at(s["rate"], t - s["steps"])


RATES = {
    "stepDecay": lambda s, t: s["from"] * s["factor"] ** (t // s["every"]),
    "exponentialDecay": lambda s, t: s["from"] * s["factor"] ** (t / s["every"]),
    "cosineDecay": lambda s, t: along_cosine(s["from"], s["to"], t / s["steps"]),
    "oneCycle": one_cycle,
    "reduceOnPlateau": lambda s, t: (s.get("seen") or {}).get("rate", s["from"]),
    "warmUp": warm_up,
}


def after_epoch(rate, epoch: int, loss: float):
    """The rate after epoch 1, 2, ..., whose loss is that of the samples held out, tested or trained on."""
    if not isinstance(rate, dict):
        return rate
    if rate["schedule"] == "warmUp":
        return {**rate, "rate": after_epoch(rate["rate"], epoch, loss)}
    return {**rate, "seen": seen_after(rate, epoch, loss)} if rate["schedule"] == "reduceOnPlateau" else rate


def seen_after(s: dict, epoch: int, loss: float) -> dict:
    before = s.get("seen") or {"rate": s["from"], "best": None, "waited": 0, "cooling": 0}
    best = before["best"]
    is_better = best is None or loss < bar(s, best)
    waited = 0 if is_better or before["cooling"] > 0 else before["waited"] + 1
    now = {"rate": before["rate"], "best": loss if is_better else best, "epoch": epoch}
    if waited <= s["patience"]:
        return {**now, "cooling": max(0, before["cooling"] - 1), "waited": waited}
    return {**now, "rate": max(before["rate"] * s["factor"], s["to"]), "cooling": s["cooldown"], "waited": 0}


def bar(s: dict, best: float) -> float:
    return best * (1 - s["threshold"]) if s["thresholdMode"] == "relative" else best - s["threshold"]
