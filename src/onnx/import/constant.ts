/** Tensors whose numbers are in the file, or in one beside it. They are checked when the graph is read, and read when they are needed. */
import { asBytes, type Bytes } from '../../base/as-bytes.ts';
import { ArgumentError, DataError } from '../../base/errors.ts';
import { bfloatOf, halfOf } from '../../base/half.ts';
import { showValue } from '../../base/show-value.ts';
import { type Shape, show, size } from '../../base/tensor.ts';
import { DATA_TYPES, type TensorMessage } from '../messages.ts';

/** The size of the batch: among whole numbers, and among the sizes of axes. */
export const BATCH = Number.NaN;
export const isBatch = Number.isNaN;

export interface Constant {
  /** Sizes of the axes. */
  readonly dims: Shape;
  /** Whether its numbers are whole: then {@link BATCH} may be one of them. */
  readonly whole: boolean;
  /** What tells it from others: equal constants of two keys are two. */
  readonly key: string;
  /** What each of its numbers is, where that is known without them: the size of an axis may be {@link BATCH} then. */
  readonly uniform?: number;
  /** Row-major. */
  numbers(): ArrayLike<number>;
}

/** A constant of few numbers. */
export const constant = (key: string, dims: Shape, numbers: ArrayLike<number>, whole = true): Constant => ({
  ...{ dims, whole, key },
  numbers: () => numbers,
});

const typeNames = new Map<number, keyof typeof DATA_TYPES>(
  Object.entries(DATA_TYPES).map(([name, type]) => [type, name as keyof typeof DATA_TYPES]),
);

/** For each type that is read: the array of its bytes, the list that may have its numbers instead, and what a number stands for. */
const types = {
  float: { array: Float32Array, list: 'floatData' },
  double: { array: Float64Array, list: 'doubleData' },
  float16: { array: Uint16Array, list: 'int32Data', of: halfOf },
  bfloat16: { array: Uint16Array, list: 'int32Data', of: bfloatOf },
  int64: { array: BigInt64Array, list: 'int64Data', whole: true },
  uint64: { array: BigUint64Array, list: 'uint64Data', whole: true },
  int32: { array: Int32Array, list: 'int32Data', whole: true },
  uint32: { array: Uint32Array, list: 'uint64Data', whole: true },
  int16: { array: Int16Array, list: 'int32Data', whole: true },
  uint16: { array: Uint16Array, list: 'int32Data', whole: true },
  int8: { array: Int8Array, list: 'int32Data', whole: true },
  uint8: { array: Uint8Array, list: 'int32Data', whole: true },
  bool: { array: Uint8Array, list: 'int32Data', whole: true },
} as const;

type NumberType = {
  readonly array: (typeof types)[keyof typeof types]['array'];
  readonly list: (typeof types)[keyof typeof types]['list'];
  readonly of?: (bits: number) => number;
  readonly whole?: boolean;
};

/** Whether numbers of a type are whole; undefined for a type that is not read. */
export function isWhole(dataType: number | undefined): boolean | undefined {
  const name = typeNames.get(dataType ?? 0);
  return name && Object.hasOwn(types, name) ? (types[name as 'float'] as NumberType).whole === true : undefined;
}

/** @throws {DataError} For a tensor whose numbers are not as many as its shape says, or are of no type that is read. */
export function constantOf(
  tensor: TensorMessage,
  key: string,
  external: Readonly<Record<string, Bytes>>,
  where: string,
): Constant {
  const { dims = [], dataType = 0 } = tensor;
  const name = typeNames.get(dataType);
  if (!name || !Object.hasOwn(types, name))
    throw new DataError(
      `${where}: expected one of the types ${Object.keys(types).join(', ')}, found ${name ?? dataType}`,
    );
  const type: NumberType = types[name as keyof typeof types];
  const count = size(dims);
  if (!dims.every((n) => Number.isSafeInteger(n) && n >= 0) || !Number.isSafeInteger(count))
    throw new DataError(`${where}: expected sizes of axes that can be counted, found ${show(dims)}`);
  const bytes = tensor.dataLocation === 1 ? externalBytes(tensor, external, where) : tensor.rawData;
  const list = tensor[type.list] ?? [];
  const [found, unit] = bytes ? [bytes.length / type.array.BYTES_PER_ELEMENT, 'bytes'] : [list.length, 'numbers'];
  if (found !== count) {
    const expected = bytes ? count * type.array.BYTES_PER_ELEMENT : count;
    throw new DataError(`${where}: expected ${expected} ${unit} for ${show(dims)}, found ${bytes?.length ?? found}`);
  }
  const { of, whole = false } = type;
  const numbers = (): ArrayLike<number> => {
    const stored: ArrayLike<number | bigint> = bytes ? new type.array(new Uint8Array(bytes).buffer) : list;
    if (stored instanceof Float32Array) return stored;
    const read = of ?? Number;
    const convert = (value: number | bigint): number => read(value as number);
    return whole ? Float64Array.from(stored, convert) : Float32Array.from(stored, convert);
  };
  return { dims, whole, key, numbers };
}

/** The bytes of a tensor in another file, which is one of those given. */
function externalBytes(
  { externalData = [] }: TensorMessage,
  files: Readonly<Record<string, Bytes>>,
  where: string,
): Uint8Array {
  const entries = new Map(externalData.map(({ key = '', value = '' }) => [key, value]));
  const path = entries.get('location') ?? '';
  if (path === '' || /^([/\\]|[a-z]:)|(^|[/\\])\.\.([/\\]|$)|[\0:]/i.test(path))
    throw new DataError(`${where}: expected numbers in a file beside this one, found them at ${showValue(path)}`);
  if (!Object.hasOwn(files, path)) {
    const given = Object.keys(files).map(showValue).join(', ') || 'none';
    throw new DataError(
      `${where}: its numbers are in the file ${showValue(path)}: expected its bytes in { externalData }, found ${given}`,
    );
  }
  const bytes = asBytes(files[path], `externalData: ${path}`);
  if (!bytes) throw new ArgumentError(`externalData: ${path}: expected bytes, found ${showValue(files[path])}`);
  const offset = Number(entries.get('offset') ?? 0);
  const length = Number(entries.get('length') ?? bytes.length - offset);
  const isInside = [offset, length].every((n) => Number.isSafeInteger(n) && n >= 0) && offset + length <= bytes.length;
  if (isInside) return bytes.subarray(offset, offset + length);
  throw new DataError(
    `${where}: expected ${length} bytes from ${offset} on in ${showValue(path)}, found ${bytes.length} in all`,
  );
}
