"""Random numbers as retrograd draws them: each depends on a seed, a stream and a place, and on nothing drawn before it."""

import numpy as np

SHUFFLE, STEP, HELD_OUT = 2, 4, 7  # streams

WORD = 0xFFFFFFFF
GOLDEN = 0x9E3779B9
ROTATIONS = (13, 15, 26, 6, 17, 29, 16, 24)


def threefry(key0: int, key1: int, counter0: int, counter1: int) -> int:
    """The first word of Threefry-2x32 with 20 rounds (Salmon et al. 2011)."""
    keys = (key0, key1, 0x1BD11BDA ^ key0 ^ key1)
    a, b = (counter0 + key0) & WORD, (counter1 + key1) & WORD
    for round in range(20):
        r = ROTATIONS[round % 8]
        a = (a + b) & WORD
        b = ((b << r | b >> (32 - r)) & WORD) ^ a
        if round % 4 == 3:
            injection = (round + 1) // 4
            a = (a + keys[injection % 3]) & WORD
            b = (b + keys[(injection + 1) % 3] + injection) & WORD
    return a


def shuffle_key(seed: int, epoch: int) -> int:
    """The key of `permutation` for one epoch's order of the samples."""
    return threefry(seed, SHUFFLE, epoch, 0)


def step_key(seed: int, step: int) -> int:
    """The key of the dropout masks of a training step, counted from 0."""
    return threefry(seed, STEP, step, 0)


def held_out_key(seed: int) -> int:
    """The key of `permutation` that decides which samples are held out."""
    return threefry(seed, HELD_OUT, 0, 0)


def mix(x: np.ndarray) -> np.ndarray:
    """A bijection of 32-bit words whose every output bit depends on every input bit ("lowbias32", Wellons 2018)."""
    x = x ^ (x >> np.uint32(16))
    x = x * np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    return x ^ (x >> np.uint32(16))


def word(value: int) -> np.ndarray:
    return np.array([value & WORD], np.uint32)


def element_bits(key: int, stream: int, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """32 random bits for each element of a tensor: [columns, rows]."""
    h = mix(word(key) ^ mix(word(stream + GOLDEN)))
    h = mix(h ^ mix(rows.astype(np.uint32) + word(GOLDEN)))
    return mix(h[None, :] ^ mix(columns.astype(np.uint32) + word(GOLDEN))[:, None])


def permutation(count: int, key: int) -> np.ndarray:
    """Where a shuffle sends 0, 1, ..., count - 1.

    A Feistel network over the smallest power of two that holds `count`, walked until it lands inside.
    """
    bits = (count - 1).bit_length()
    right_bits = np.uint32((bits + 1) // 2)
    right_mask = np.uint32(2 ** int(right_bits) - 1)
    left_mask = np.uint32(2 ** (bits - int(right_bits)) - 1)
    places = np.arange(count, dtype=np.uint32)
    walking = np.arange(count)
    while walking.size:
        x = places[walking]
        left, right = x >> right_bits, x & right_mask
        for round in range(0, 16 if bits < 8 else 6, 2):
            left ^= mix(right + word(key + round * GOLDEN)) & left_mask
            right ^= mix(left + word(key + (round + 1) * GOLDEN)) & right_mask
        places[walking] = left << right_bits | right
        walking = walking[places[walking] >= count]
    return places
