"""Runs train.py of each folder of a JSON list from stdin, in one process: every run has modules of its own."""

import contextlib
import json
import os
import sys

MODULES = ("data", "draws", "layers", "losses", "model", "schedule", "state", "train")

for folder in json.load(sys.stdin):
    for name in MODULES:
        sys.modules.pop(name, None)
    sys.path.insert(0, folder)
    sys.argv = ["train.py", "--device", "cpu", "--epochs", "1", "--save", os.path.join(folder, "saved.safetensors")]
    with contextlib.redirect_stdout(sys.stderr):
        import train

        train.main()
    sys.path.pop(0)

json.dump(None, sys.stdout)
