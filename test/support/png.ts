/** Writes PNG files of every kind: all colour types and depths, interlaced or not, with every filter. */
import { concat } from '../../src/base/byte-stream.ts';
import { crc32 } from '../../src/base/crc32.ts';

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colourType: number;
  /** Samples as they are stored, one pixel after another. */
  readonly samples: ArrayLike<number>;
  readonly isInterlaced?: boolean;
  /** Chunks between IHDR and IDAT. */
  readonly before?: readonly Uint8Array[];
  /** Of each row. Default: all in turn. */
  readonly filterOf?: (row: number) => number;
}

export const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

const u32 = (value: number) => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);

/** A chunk with its length and its sum. */
export function chunk(type: string, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const named = concat([new TextEncoder().encode(type), data]);
  return concat([u32(data.length), named, u32(crc32(named))]);
}

export const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

export const header = (
  width: number,
  height: number,
  { depth = 8, colourType = 2, isInterlaced = false }: Partial<Picture> = {},
): Uint8Array<ArrayBuffer> =>
  chunk('IHDR', concat([u32(width), u32(height), Uint8Array.of(depth, colourType, 0, 0, Number(isInterlaced))]));

export async function deflated(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const plain = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  return new Uint8Array(await new Response(plain.pipeThrough(new CompressionStream('deflate'))).arrayBuffer());
}

export async function writePng(picture: Picture): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, before = [] } = picture;
  const pixels = await deflated(concat(rowsOf(picture)));
  const half = pixels.length >> 1; // two chunks, as the parts of one stream
  const data = [chunk('IDAT', pixels.subarray(0, half)), chunk('IDAT', pixels.subarray(half))];
  return concat([signature, header(width, height, picture), ...before, ...data, chunk('IEND', new Uint8Array(0))]);
}

/** A grey or colour picture of bytes. */
export const writeSimplePng = (
  width: number,
  height: number,
  samples: ArrayLike<number>,
): Promise<Uint8Array<ArrayBuffer>> =>
  writePng({ width, height, depth: 8, colourType: samples.length === width * height ? 0 : 2, samples });

function rowsOf(picture: Picture): Uint8Array[] {
  const { width, height, depth, colourType, isInterlaced, samples } = picture;
  const { filterOf = (row: number) => row % 5 } = picture;
  const channels = channelsOf[colourType];
  // Left, top, and the steps across and down of each pass.
  const passes = isInterlaced
    ? ['0088', '4088', '0448', '2044', '0224', '1022', '0112'].map((pass) => [...pass].map(Number))
    : [[0, 0, 1, 1]];
  let rows = 0;
  return passes.flatMap(([left, top, across, down]) => {
    let above: number[] = [];
    const written: Uint8Array[] = [];
    if (left >= width) return written;
    for (let y = top; y < height; y += down) {
      const values: number[] = [];
      for (let x = left; x < width; x += across) {
        for (let c = 0; c < channels; c++) values.push(samples[(y * width + x) * channels + c]);
      }
      const row = packed(values, depth);
      written.push(filtered(filterOf(rows++), row, above, Math.max(1, (depth * channels) >> 3)));
      above = row;
    }
    return written;
  });
}

/** Samples as bytes, the first in the upper bits. */
function packed(values: readonly number[], depth: number): number[] {
  const bits = values.map((value) => value.toString(2).padStart(depth, '0')).join('');
  return Array.from({ length: Math.ceil(bits.length / 8) }, (_, i) =>
    Number.parseInt(bits.slice(8 * i, 8 * i + 8).padEnd(8, '0'), 2),
  );
}

function filtered(filter: number, row: readonly number[], above: readonly number[], step: number): Uint8Array {
  const predicted = row.map((_, i) => {
    const [a, b, c] = [row[i - step] ?? 0, above[i] ?? 0, above[i - step] ?? 0];
    if (filter < 4) return [0, a, b, Math.floor((a + b) / 2)][filter];
    const p = a + b - c;
    return [a, b, c].reduce((best, value) => (Math.abs(p - value) < Math.abs(p - best) ? value : best));
  });
  return Uint8Array.of(filter, ...row.map((byte, i) => byte - predicted[i]));
}
