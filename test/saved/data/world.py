"""Writes safetensors files as other libraries do, by hand, with NumPy and PyTorch: the files beside it, and world.json.

    python3 test/saved/data/world.py

PyTorch 1.13 and NumPy 1.24 wrote what is there.
"""

import hashlib
import json
import struct
from pathlib import Path

import numpy as np
import torch
from torch import nn

HERE = Path(__file__).parent


def write(name, tensors, metadata=None):
    """tensors: name -> (dtype, shape, bytes)"""
    header, data = {}, b''
    if metadata:
        header['__metadata__'] = metadata
    for key, (dtype, shape, stored) in tensors.items():
        header[key] = {'dtype': dtype, 'shape': list(shape), 'data_offsets': [len(data), len(data) + len(stored)]}
        data += stored
    text = json.dumps(header).encode()
    (HERE / name).write_bytes(struct.pack('<Q', len(text)) + text + data)


TYPES = {'float64': 'F64', 'float32': 'F32', 'float16': 'F16', 'bool': 'BOOL'}
TYPES |= {f'{s}int{n}': f'{"U" if s else "I"}{n}' for s in ('', 'u') for n in (8, 16, 32, 64)}


def array(values, dtype):
    found = np.array(values, dtype)
    return found, (TYPES[found.dtype.name], found.shape, found.tobytes())


def bfloat(values):
    found = torch.tensor(values).bfloat16()
    return found.float().numpy(), ('BF16', found.shape, found.view(torch.int16).numpy().tobytes())


cases = {
    'f64': array([[np.pi, 1e-50], [-1 / 3, 3.4e38]], 'float64'),
    'f64.exact': array([0.5, -2.0**100, 0.0, -0.0, 5e-324 * 2**1000], 'float64'),
    'f32': array([np.pi, 1e-45], 'float32'),
    'f16': array([np.pi, 65504, 6e-8, -0.0], 'float16'),
    'bf16': bfloat([np.pi, 3.38e38, -1e-40]),
    'i64': array([2**24 + 1, -(2**53)], 'int64'),
    'i64.exact': array([2**24, -(2**62), 7], 'int64'),
    'i64.scalar': array(1234, 'int64'),
    'u64': array([2**64 - 1, 1], 'uint64'),
    'i32': array([-(2**31), 2**31 - 1], 'int32'),
    'u32.exact': array([2**32 - 256, 0], 'uint32'),
    'i16': array([-(2**15), 2**15 - 1], 'int16'),
    'u16': array([2**16 - 1], 'uint16'),
    'i8': array([[-128], [127]], 'int8'),
    'u8': array([0, 255], 'uint8'),
    'bool': array([True, False, True], 'bool'),
    'bool.scalar': array(True, 'bool'),
    'none': array(np.zeros((0, 3)), 'int16'),
}
write('types.safetensors', {name: stored for name, (_, stored) in cases.items()}, {'format': 'np'})


def read(values):
    narrow = values.astype('float32')
    same = all(int(a) == int(b) if isinstance(a, int) else a == b for a, b in zip(values.ravel().tolist(), narrow.ravel().tolist()))
    return {'shape': list(values.shape), 'values': narrow.ravel().tolist(), 'rounded': not same}


def digest(values):
    """Of 32-bit floats, with one NaN for all; or of other numbers as they are."""
    found = np.ascontiguousarray(values)
    if found.dtype == np.float32:
        found = np.where(np.isnan(found), np.float32('nan'), found)
    return hashlib.sha256(found.tobytes()).hexdigest()


patterns = np.arange(2**16, dtype='uint16')
signed = torch.from_numpy(patterns.view('int16'))

# Every half, the midpoint to the next, and the floats on both sides of that; then the same for bfloat16.
halves = patterns[:0x7C00].view('float16').astype('float32')
between = ((halves[:-1].astype('float64') + halves[1:]) / 2).astype('float32')
to_half = np.concatenate([halves, between, np.nextafter(between, np.float32(np.inf)), np.nextafter(between, np.float32(0))])
to_half = np.concatenate([to_half, -to_half])
low = np.array([0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF], 'uint32')
finite = patterns[(patterns & 0x7F80) != 0x7F80].astype('uint32')
to_bfloat = ((finite[:, None] << 16) | low).ravel().view('float32')
bfloats = torch.from_numpy(to_bfloat).bfloat16()
fits = torch.isfinite(bfloats).numpy()

torch.manual_seed(1)
net = nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.Tanh(), nn.Linear(6, 2))
for _ in range(3):
    net(torch.randn(8, 4))
net.eval()
x = torch.randn(5, 4)


def stored(tensor):
    return array(tensor.numpy(), tensor.numpy().dtype)[1]


state = {name: stored(tensor) for name, tensor in net.state_dict().items()}
assert state['1.num_batches_tracked'][:2] == ('I64', ())
write('batch-norm.safetensors', state, {'format': 'pt'})

names = list(state)
shards = {f'model-0000{i + 1}-of-00002.safetensors': names[i::2] for i in range(2)}
for shard, held in shards.items():
    write(shard, {name: state[name] for name in held}, {'format': 'pt'})
index = {
    'metadata': {'total_size': sum(len(data) for _, _, data in state.values())},
    'weight_map': {name: shard for name in names for shard, held in shards.items() if name in held},
}
(HERE / 'model.safetensors.index.json').write_text(json.dumps(index, indent=2))

world = {
    'types': {name: read(values) for name, (values, _) in cases.items()},
    'sha256': {
        'F16 of all patterns': digest(patterns.view('float16').astype('float32')),
        'BF16 of all patterns': digest(signed.view(torch.bfloat16).float().numpy()),
        'to F16': digest(to_half.astype('float16').view('uint16')),
        'to BF16': digest(bfloats.view(torch.int16).numpy()[fits]),
    },
    'net': {'x': x.ravel().tolist(), 'y': net(x).detach().ravel().tolist()},
}
(HERE / 'world.json').write_text(json.dumps(world, indent=1) + '\n')
