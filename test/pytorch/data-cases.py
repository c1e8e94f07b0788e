"""What data.py and draws.py of an export make of the cases of data.node.test.ts: JSON in, JSON out."""

import json
import sys

import numpy as np

import data
import draws


def samples_in(parts):
    return {
        name: {
            "x": part.inputs.rows(np.arange(len(part))).ravel().tolist(),
            "y": part.targets.rows(np.arange(len(part))).ravel().tolist(),
        }
        for name, part in parts.items()
    }


def splits(case):
    classes = np.array(case["classes"], np.uint8)
    field = data.Field("labels", classes, int(classes.max()) + 1)
    count = data.Field("values", np.arange(len(classes), dtype=np.float32)[:, None], 1)
    parts = data.split(data.Samples(count, field), case["test"], case["seed"], case["stratify"])
    return [part.inputs.data.ravel().tolist() for part in parts]


cases = json.load(sys.stdin)
data.HERE = cases["folder"]
json.dump(
    {
        "orders": [data.order(**case).tolist() for case in cases["orders"]],
        "bits": [draws.element_bits(k, s, np.arange(5), np.arange(3, 7)).tolist() for k, s in cases["bits"]],
        "keys": [draws.step_key(*case) for case in cases["keys"]],
        "shares": [[data.part_of(*case, rank, world) for rank in range(world)] for *case, world in cases["shares"]],
        "splits": [splits(case) for case in cases["splits"]],
        "files": [samples_in(data.load(case["config"], case.get("source"))) for case in cases["files"]],
    },
    sys.stdout,
)
