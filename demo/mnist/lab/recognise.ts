/** What a file is, by its content: names are chosen by people. */
import { startOf } from './signatures.ts';

export type Found =
  /** IDX of bytes: [count, rows, columns]. */
  | { readonly kind: 'images'; readonly shape: readonly number[] }
  /** IDX of bytes: [count]. */
  | { readonly kind: 'labels'; readonly shape: readonly number[] }
  /** A safetensors file; `units` from input to output where its tensors are those of dense layers. */
  | { readonly kind: 'weights'; readonly units?: readonly number[] }
  | { readonly kind: 'picture' | 'archive' | 'model' | 'page' | 'packedWeights' | 'other'; readonly title: string };

/** Bytes that are looked at: headers of files are not longer, but for those of safetensors. */
const HEAD = 65_536;
const LARGEST_HEADER = 1_000_000;

export async function recognise(file: Blob): Promise<Found> {
  const head = await bytesOf(file, HEAD);
  const isPacked = head[0] === 0x1f && head[1] === 0x8b;
  const unpacked = isPacked ? await unpackedHead(file) : head;
  if (!unpacked) return { kind: 'other', title: 'a damaged gzip file' };
  const idx = idxIn(unpacked);
  if (idx) return idx;
  if (!isPacked) return isSafetensors(head) ? weightsIn(file, head) : startOf(head, file.size > HEAD);
  if (isSafetensors(unpacked)) return { kind: 'packedWeights', title: 'a gzip file that contains weights' };
  const { kind, title } = startOf(unpacked, unpacked.length === HEAD);
  return { kind, title: `a gzip file that contains ${title}` };
}

const bytesOf = async (file: Blob, end: number) => new Uint8Array(await file.slice(0, end).arrayBuffer());

/** The first bytes of what a gzip file holds, whatever size that claims to be; undefined where it is damaged. */
async function unpackedHead(file: Blob): Promise<Uint8Array | undefined> {
  // A head packs into no more than itself and a little.
  const reader = file
    .slice(0, HEAD + 1024)
    .stream()
    .pipeThrough(new DecompressionStream('gzip'))
    .getReader();
  const parts: number[] = [];
  let isWhole = true;
  try {
    while (parts.length < HEAD) {
      const { value, done } = await reader.read();
      if (done) break;
      for (const byte of value.subarray(0, HEAD - parts.length)) parts.push(byte);
    }
  } catch {
    isWhole = false; // it is cut off here, and may be damaged as well: what came until then tells
  }
  await reader.cancel().catch(() => {});
  return isWhole || parts.length > 0 ? Uint8Array.from(parts) : undefined;
}

const UNSIGNED_BYTES = 8;

function idxIn(bytes: Uint8Array): Found | undefined {
  const [zero, alsoZero, type, dimensions] = bytes;
  if (zero !== 0 || alsoZero !== 0 || type !== UNSIGNED_BYTES || (dimensions !== 1 && dimensions !== 3))
    return undefined;
  if (bytes.length < 4 + 4 * dimensions) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  return { kind: dimensions === 3 ? 'images' : 'labels', shape };
}

/** The size of a header, and the header's first character. */
const isSafetensors = (head: Uint8Array): boolean => head[8] === 0x7b && head[4] + head[5] + head[6] + head[7] === 0;

const weightsIn = async (file: Blob, head: Uint8Array): Promise<Found> => ({
  kind: 'weights',
  units: await unitsIn(file, head),
});

/** [784, 32, 10]; undefined for other tensors than those of dense layers alone that fit together. */
async function unitsIn(file: Blob, head: Uint8Array): Promise<number[] | undefined> {
  const size = new DataView(head.buffer, head.byteOffset).getUint32(0, true);
  if (size > LARGEST_HEADER) return undefined;
  const text = new TextDecoder().decode((await bytesOf(file, 8 + size)).subarray(8));
  const units: number[] = [];
  try {
    const header = JSON.parse(text) as Record<string, { shape?: unknown } | undefined>;
    for (let i = 0; ; i++) {
      const shape = header[`layers.${i}.weight`]?.shape;
      if (!Array.isArray(shape) || shape.length !== 2) break;
      const [out, inputs] = shape as number[];
      if (units.length > 0 && units[i] !== inputs) return undefined;
      if (units.length === 0) units.push(inputs);
      units.push(out);
    }
    const weights = Object.keys(header).filter((key) => /^layers\.\d+\.weight$/.test(key));
    return units.length === weights.length + 1 && weights.length > 0 ? units : undefined;
  } catch {
    return undefined; // whoever reads the file says what is wrong with it
  }
}
