"""The data of the run: the same samples, as the net sees them, in the same order of batches.

Samples come from a folder of IDX files, a table (CSV), a file of NumPy with Keras' names (.npz), or the arrays in data/, which
the export writes where it is given a data set.
"""

import csv
import gzip
import json
import math
import os
import re
from dataclasses import dataclass, replace

import numpy as np

import draws

HERE = os.path.dirname(os.path.abspath(__file__))


@dataclass
class Field:
    """The inputs or the targets of all samples."""

    kind: str  # "values": numbers [count, size]; "labels": a class index per sample [count], one-hot for the net
    data: np.ndarray
    size: int  # values per sample, or number of classes
    scale: float = 1.0
    parts: "list | None" = None  # of several inputs or outputs: kind and size of each, side by side in a row of data

    def rows(self, samples) -> np.ndarray:
        """What the net sees of some samples: float32 [n, size]."""
        data = np.asarray(self.data[samples])
        if not self.parts:
            return one_hot(data, self.size) if self.kind == "labels" else scaled(data, self.scale)
        seen, start = [], 0
        for part in self.parts:
            if part["kind"] == "labels":
                seen.append(one_hot(data[:, start], part["size"]))
                start += 1
            else:
                seen.append(scaled(data[:, start : start + part["size"]], self.scale))
                start += part["size"]
        return np.concatenate(seen, 1)


def one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
    rows = np.zeros((len(labels), classes), np.float32)
    rows[np.arange(len(labels)), labels.astype(np.int64)] = 1
    return rows


def scaled(data: np.ndarray, scale: float) -> np.ndarray:
    return data.reshape(len(data), math.prod(data.shape[1:])).astype(np.float32) * np.float32(scale)


@dataclass
class Samples:
    inputs: Field
    targets: Field
    weights: "Field | None" = None  # a factor for the loss of each sample

    def __len__(self) -> int:
        return len(self.inputs.data)

    def some(self, samples) -> "Samples":
        def cut(field: Field) -> Field:
            return replace(field, data=field.data[samples])

        return Samples(cut(self.inputs), cut(self.targets), cut(self.weights) if self.weights else None)


# Order


def order(count: int, seed: int, epoch: int) -> np.ndarray:
    """The samples in the order in which epoch 0, 1, ... takes them."""
    return draws.permutation(count, draws.shuffle_key(seed, epoch))


def part_of(start: int, stop: int, rank: int, world: int) -> "tuple[int, int]":
    """What process `rank` of `world` takes of the samples from start to stop: together they take each of them once."""
    n = stop - start
    return start + n * rank // world, start + n * (rank + 1) // world


# Parts to train and to test on


def split(samples: Samples, share: float, seed: int, stratify: bool) -> "tuple[Samples, Samples]":
    """A part to train on and a part that is drawn at random, with its share of each class if `stratify`."""
    count = len(samples)
    wanted = math.floor(share * count + 0.5) if share < 1 else int(share)
    classes = samples.targets.data.astype(np.int64) if stratify else np.zeros(count, np.int64)
    due = quotas(np.bincount(classes).tolist(), wanted)
    shuffled = draws.permutation(count, draws.held_out_key(seed))
    drawn = np.zeros(count, bool)
    for of, n in enumerate(due):
        drawn[shuffled[classes[shuffled] == of][:n]] = True
    return samples.some(np.flatnonzero(~drawn)), samples.some(np.flatnonzero(drawn))


def quotas(sizes: "list[int]", wanted: int) -> "list[int]":
    """How many of each class are drawn: its share, rounded, and at least one in each part where there are two."""
    count = sum(sizes)
    shares = [wanted * size / count for size in sizes]
    due = [max(math.floor(share), int(size > 1)) for share, size in zip(shares, sizes)]
    most = [min(math.ceil(share), size - int(size > 1)) for share, size in zip(shares, sizes)]
    growing = [i for i in range(len(sizes)) if due[i] < most[i]]
    growing.sort(key=lambda i: due[i] - shares[i])
    for i in growing[: max(0, wanted - sum(due))]:
        due[i] += 1
    return due


# Files


def load(config: dict, source: "str | None" = None, target: "str | None" = None) -> "dict[str, Samples]":
    """The samples to train and to test on, and those held out as `validation` if the run has some.

    `source` is a folder of IDX files, a table or a file of NumPy. Without it the arrays in data/ are taken.
    """
    options = config.get("cli") or {}
    if source is None:
        arrays = os.path.join(HERE, "data")
        if not os.path.exists(os.path.join(arrays, "data.json")):
            raise SystemExit(
                "Name the data by --data: a folder of IDX files, a .csv or .tsv file, or a .npz file. "
                "For other data, such as pictures, export once more with --data, which writes the samples along."
            )
        parts = read_arrays(arrays)
    elif re.search(r"\.[ct]sv(\.gz)?$", source, re.I):
        table = read_table(source, config, target)
        share = float(options.get("--test", 0.2))
        train, test = split(table, share, config["seed"], table.targets.kind == "labels")
        parts = {"train": train, "test": test}
    elif source.endswith(".npz"):
        parts = read_npz(source, config)
    else:
        parts = read_idx_folder(source, config)
    if "--validation" in options and "validation" not in parts:
        share = float(options["--validation"])
        parts["train"], parts["validation"] = split(parts["train"], share, config["seed"], False)
    return parts


def read_arrays(folder: str) -> "dict[str, Samples]":
    with open(os.path.join(folder, "data.json"), encoding="utf-8") as file:
        described = json.load(file)

    def field(part: str, name: str) -> Field:
        array = np.load(os.path.join(folder, f"{part}-{name}.npy"), mmap_mode="r")
        return Field(data=array, **described[part][name])

    names = ("inputs", "targets", "sampleWeights")
    return {part: Samples(*(field(part, name) for name in names if name in described[part])) for part in described}


def images(x: np.ndarray, y: np.ndarray, config: dict) -> Samples:
    """Images of bytes with a class each."""
    if len(x) != len(y):
        raise SystemExit(f"expected as many labels as images, found {len(y)} and {len(x)}")
    facts = config.get("data") or {}
    classes = len(facts.get("classNames") or []) or config["outputs"]
    scale = facts.get("scale", 1 / 255)
    return Samples(Field("values", x, math.prod(x.shape[1:]), scale), Field("labels", y, classes))


def read_npz(path: str, config: dict) -> "dict[str, Samples]":
    with np.load(path) as arrays:
        return {part: images(arrays[f"x_{part}"], arrays[f"y_{part}"], config) for part in ("train", "test")}


def read_idx_folder(folder: str, config: dict) -> "dict[str, Samples]":
    def array(stem: str, ending: str) -> np.ndarray:
        names = [f"{stem}{mark}{ending}{suffix}" for mark in "-." for suffix in ("", ".gz")]
        paths = [os.path.join(folder, name) for name in names]
        found = [path for path in paths if os.path.exists(path)]
        if not found:
            raise SystemExit(
                f"{folder}: expected {names[0]}, found none. For pictures, export once more with --data, which writes them along."
            )
        return read_idx(found[0])

    def part(stem: str) -> Samples:
        return images(array(f"{stem}-images", "idx3-ubyte"), array(f"{stem}-labels", "idx1-ubyte"), config)

    return {"train": part("train"), "test": part("t10k")}


def read_idx(path: str) -> np.ndarray:
    """An IDX file of bytes: 00 00 08 and the number of dimensions, a big-endian size for each, then the values."""
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        content = file.read()
    if len(content) < 4 or content[:3] != b"\0\0\x08":
        raise SystemExit(f"{path}: expected an IDX file of bytes, found {content[:4]!r}")
    start = 4 + 4 * content[3]
    shape = np.frombuffer(content[4:start], ">u4").astype(int)
    if len(content) - start != shape.prod():
        raise SystemExit(f"{path}: expected {shape.prod()} values for shape {shape.tolist()}, found {len(content) - start}")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


# Tables

MISSING = re.compile(r"(na|n/a|nan|null|\?)?", re.I)
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def is_number(text: "str | None") -> bool:
    return text is not None and bool(NUMBER.fullmatch(text))


def is_missing(text: str) -> bool:
    return bool(MISSING.fullmatch(text))


def read_table(path: str, config: dict, target: "str | None") -> Samples:
    """A table whose cells become what they became in training, as the columns in config.json say."""
    facts, options = config.get("data") or {}, config.get("cli") or {}
    columns = facts.get("columns")
    if columns is None:
        raise SystemExit(f"{path}: expected a net that was trained on a table, whose columns are known")
    target = target or options.get("--target")
    wanted = target.split(",") if target else facts.get("classNames") if facts.get("targets") == "values" else None
    if not wanted:
        raise SystemExit("Name the columns of the targets by --target.")
    names, rows = read_records(path, delimiter_of(path, options))
    drops = options.get("--missing") == "drop"
    inputs, targets = [], []
    places = [place_of(column["name"], names, path) for column in columns]
    target_places = [place_of(name.strip(), names, path) for name in wanted]
    for line, row in rows:
        cells = [row[place] for place in places]
        values = [row[place] for place in target_places]
        lacking = [is_missing(cell) and column.get("missing") is None for cell, column in zip(cells, columns)]
        if drops and (any(lacking) or any(map(is_missing, values))):
            continue
        try:
            inputs.append([x for cell, column in zip(cells, columns) for x in encoded(cell, column)])
            targets.append([target_value(value, facts) for value in values])
        except ValueError as error:
            raise SystemExit(f"{path}: line {line}: {error}")
    x = np.array(inputs, np.uint8 if facts["type"] == "uint8" else np.float32)
    y = np.array(targets, np.float32)
    is_class = facts.get("targets") == "labels"
    classes = len(facts.get("classNames") or []) or config["outputs"]
    return Samples(
        Field("values", x, x.shape[1], facts["scale"]),
        Field("labels", y[:, 0], classes) if is_class else Field("values", y, y.shape[1]),
    )


def delimiter_of(path: str, options: dict) -> str:
    named = options.get("--delimiter") or ("tab" if re.search(r"\.tsv(\.gz)?$", path, re.I) else ",")
    return "\t" if named == "tab" else named


def read_records(path: str, delimiter: str):
    """The names of the columns, and the other records with the number of each. Blanks around a cell do not count."""
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, skipinitialspace=True, strict=True)
        records = [(i + 1, [cell.strip() for cell in record]) for i, record in enumerate(reader)]
    width = len(records[0][1])
    for line, record in records:
        if len(record) != width:
            raise SystemExit(f"{path}: record {line}: expected {width} columns, found {len(record)}")
    first = records[0][1]
    below = records[1][1] if len(records) > 1 else [None] * width
    texts = [not is_number(cell) and not is_missing(cell) for cell in first]
    is_header = not any(map(is_number, first)) or any(text and is_number(cell) for text, cell in zip(texts, below))
    return (first, records[1:]) if is_header else ([str(i) for i in range(width)], records)


def place_of(name: str, names: "list[str]", path: str) -> int:
    if name in names:
        return names.index(name)
    if name.isdigit() and int(name) < len(names):
        return int(name)
    raise SystemExit(f"{path}: expected a column {name!r}, found {names}")


def encoded(cell: str, column: dict) -> "list[float]":
    """The inputs that a cell becomes."""
    if column["kind"] == "number":
        if is_number(cell):
            return [float(cell)]
        if is_missing(cell) and column.get("missing") is not None:
            return [column["missing"]]
        raise ValueError(f"column {column['name']}: expected a number, found {cell!r}")
    categories = column["categories"]
    if cell not in categories and is_missing(cell) and column.get("missing") is not None:
        cell = column["missing"]
    if cell not in categories:
        raise ValueError(f"column {column['name']}: expected one of {categories}, found {cell!r}")
    index = categories.index(cell)
    return [float(index)] if column["as"] == "index" else [float(i == index) for i in range(len(categories))]


def target_value(cell: str, facts: dict) -> float:
    """A value, or the index of a class."""
    names = facts.get("classNames") or []
    if facts.get("targets") == "labels" and cell in names:
        return names.index(cell)
    if is_number(cell) and (facts.get("targets") != "labels" or not any(map(is_number, names))):
        return float(cell)
    raise ValueError(f"target: expected {names or 'a number'}, found {cell!r}")
