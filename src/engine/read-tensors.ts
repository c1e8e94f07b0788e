/** Reads tensors, many in one copy: what each caller waits for is the wait, hardly the bytes. */
import { byteLength, type Shape, unpad } from '../base/tensor.ts';
import type { BufferPart } from './read-buffer.ts';
import type { StagingPool } from './staging.ts';
import { cut, joined, partsIn } from './tensor-buffers.ts';

/** A tensor on the device, or some rows of it. */
export interface Stored {
  readonly name: string;
  /** Of what is read. */
  readonly shape: Shape;
  readonly parts: readonly BufferPart[];
}

/** Where a tensor is, or some of it along its first dimension. */
export function storedIn(
  buffers: readonly GPUBuffer[],
  name: string,
  shape: Shape,
  { from, to } = { from: 0, to: shape[0] },
): Stored {
  const read = [to - from, ...shape.slice(1)];
  const first = (byteLength(shape) / shape[0]) * from;
  return { name, shape: read, parts: partsIn(buffers, { from: first, to: first + byteLength(read) }) };
}

/** The tensors, compact, after everything queued so far. */
export async function readTensors(
  staging: StagingPool,
  tensors: readonly Stored[],
): Promise<Float32Array<ArrayBuffer>[]> {
  const groups = inGroups(tensors.flatMap(({ parts }) => parts));
  const read = await Promise.all(groups.map((group) => staging.read(describe(tensors), group)));
  const bytes = groups.flatMap((group, i) => cut(read[i], group));
  return tensors.map(({ shape, parts }) => unpad(joined(bytes.splice(0, parts.length)), shape));
}

/** What is read together, in bytes; a part that is larger is read alone. */
const READ_TOGETHER = 2 ** 26;

/** The parts in their order, cut where a group would hold more than that. */
function inGroups(parts: readonly BufferPart[]): BufferPart[][] {
  const groups: BufferPart[][] = [];
  let room = 0;
  for (const part of parts) {
    if (part.bytes > room) {
      groups.push([]);
      room = READ_TOGETHER;
    }
    groups[groups.length - 1].push(part);
    room -= part.bytes;
  }
  return groups;
}

const describe = ([first, ...more]: readonly Stored[]): string =>
  more.length === 0 ? first.name : `${first.name} and ${more.length} more`;
