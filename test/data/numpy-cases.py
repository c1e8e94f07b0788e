"""Writes numpy-cases.json: what NumPy writes for some arrays, and what is in them. Run with NumPy 2: python3 numpy-cases.py; then format it by biome."""
import base64, io, json, pathlib
import numpy as np


def packed(write, *args, **more):
    file = io.BytesIO()
    write(file, *args, **more)
    return base64.b64encode(file.getvalue()).decode()


def case(name, array, version=None):
    save = np.save if version is None else lambda file, array: np.lib.format.write_array(file, array, version=version)
    with np.errstate(all="ignore"):
        values = [float(value) for value in array.flatten().astype(float)]
    shown = [value if np.isfinite(value) else str(value).replace("inf", "Infinity") for value in values]
    return {"name": name, "file": packed(save, array), "shape": list(array.shape), "values": shown}


grid = np.arange(-5, 7).reshape(3, 4)
kinds = ["u1", "i1", "<u2", ">u2", "<i2", ">i2", "<u4", ">u4", "<i4", ">i4", "<u8", ">u8", "<i8", ">i8"]
floats = ["<f2", ">f2", "<f4", ">f4", "<f8", ">f8"]
halves = np.array([0, -0.0, 1 / 3, 65504, 6e-8, -6.1e-5, np.inf, np.nan], "<f2")
cases = [
    *(case(kind, np.abs(grid).astype(kind) if "u" in kind else grid.astype(kind)) for kind in kinds),
    *(case(kind, (grid / 3).astype(kind)) for kind in floats),
    case("bool", grid > 0),
    case("Fortran order", np.asfortranarray(np.arange(24).reshape(2, 3, 4).astype("<i4"))),
    case("Fortran order, big-endian", np.asfortranarray((grid / 7).astype(">f4"))),
    case("version 2", grid.astype("<i4"), (2, 0)),
    case("version 3", grid.astype("<i4"), (3, 0)),
    case("one value", np.array(2.5)),
    case("no value", np.zeros((0, 3), "<f4")),
    case("one axis", np.array([7, 8, 9], "<i8")),
    case("extreme integers", np.array([-(2**31), 2**31 - 1], "<i8")),
    case("halves", halves),
]
refused = {
    "<U3": packed(np.save, np.array(["abc"])),
    "|S3": packed(np.save, np.array([b"abc"])),
    "|O": packed(np.save, np.array([None, 1]), allow_pickle=True),
    "<c16": packed(np.save, np.array([1j])),
    "[('a', '<i4'), ('b', '<f4')]": packed(np.save, np.zeros(2, [("a", "<i4"), ("b", "<f4")])),
    "<M8[D]": packed(np.save, np.array(["2020-01-01"], "M8[D]")),
    "too large": packed(np.save, np.array([1, 2**31], "<i8")),
    "negative": packed(np.save, np.array([2**32], "<u8")),
}
arrays = {"x_train": np.arange(2 * 3 * 3, dtype="u1").reshape(2, 3, 3), "y_train": np.array([3, 1])}
x_test, y_test = np.zeros((1, 2, 2), "u1"), np.array([3], "u1")
keras = {"x_train": np.zeros((3, 2, 2), "u1"), "y_train": np.array([7, 0, 9], "u1"), "x_test": x_test, "y_test": y_test}
keras["x_train"][0, 0, 0] = 255
archives = {"stored": packed(np.savez, **arrays), "deflated": packed(np.savez_compressed, **arrays)}
more = {"keras": packed(np.savez_compressed, **keras), "half": packed(np.savez, **{**keras, "x_train": keras["x_train"] / 2})}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps({"cases": cases, "refused": refused, "archives": archives, "keras": more}, indent=1) + "\n")
