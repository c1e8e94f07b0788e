/** The types that the numbers of a safetensors file may have, read as 32-bit floats and written from them. */
import { bfloatBits, bfloatOf, halfBits, halfOf } from '../base/half.ts';

/** How numbers are stored: 32-bit floats, halves of IEEE 754, or bfloat16. */
export type StoredType = 'F32' | 'F16' | 'BF16';

/** What the bytes of each type are, little-endian as the machine. */
const arrays = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};
export type NumberType = keyof typeof arrays;

export const NUMBER_TYPES = Object.keys(arrays) as NumberType[];
export const isNumberType = (type: unknown): type is NumberType => NUMBER_TYPES.includes(type as NumberType);
export const bytesEach = (type: NumberType): number => arrays[type].BYTES_PER_ELEMENT;

const short = { F16: [halfOf, halfBits], BF16: [bfloatOf, bfloatBits] } as const;
export const isShort = (type: unknown): type is 'F16' | 'BF16' => Object.hasOwn(short, type as PropertyKey);

type Fail = (at: number, expected: string, found: unknown) => never;

/** Numbers as 32-bit floats, and whether any of them had to be rounded. Calls `fail` for one that is beyond them, or no boolean. */
export function numbersOf(type: NumberType, { buffer }: Uint8Array<ArrayBuffer>, fail: Fail) {
  const stored: ArrayLike<number | bigint> = new arrays[type](buffer);
  if (type === 'F32') return { data: stored as Float32Array, isRounded: false };
  const of = isShort(type) ? short[type][0] : undefined;
  const data = new Float32Array(stored.length);
  let isRounded = false;
  for (let i = 0; i < data.length; i++) {
    const value = of ? of(stored[i] as number) : stored[i];
    data[i] = Number(value);
    if (type === 'BOOL' && value > 1) fail(i, '0 or 1', value);
    // Exact, also between a number and a bigint.
    if (!(data[i] < value || data[i] > value)) continue;
    isRounded = true;
    if (!Number.isFinite(data[i])) fail(i, 'a number that fits in a 32-bit float', value);
  }
  return { data, isRounded };
}

/** 32-bit floats in another type, each the nearest there is. Calls `fail` for a finite one that is beyond it. */
export function storedAs(type: StoredType, data: Float32Array, fail: Fail): Float32Array | Uint16Array {
  if (!isShort(type)) return data;
  const [of, bits] = short[type];
  return Uint16Array.from(data, (value, i) => {
    const found = bits(value);
    return Number.isFinite(value) && !Number.isFinite(of(found))
      ? fail(i, `a number that fits in ${type}`, value)
      : found;
  });
}
