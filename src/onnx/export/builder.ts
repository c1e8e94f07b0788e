/** An ONNX graph under construction. The output of a node has the name of the node. */
import type { Tensor } from '../../base/tensor.ts';
import {
  ATTRIBUTE_TYPES,
  type AttributeMessage,
  DATA_TYPES,
  type NodeMessage,
  type TensorMessage,
} from '../messages.ts';

/** A constant of a node: a number or numbers that are whole, a text, or a number made by {@link float}. */
export type Attribute = number | readonly number[] | string | { readonly f: number };

export const float = (f: number): Attribute => ({ f });

/** A part of a graph, whose nodes have names that begin alike. */
export interface Scope {
  /**
   * Appends a node -> the name of its output. `place` is that of the output among all that the operator has; those before it
   * are unused.
   */
  node(op: string, inputs: readonly string[], attributes?: Readonly<Record<string, Attribute>>, place?: number): string;
  /** A tensor of the file, stored once for each name -> its name. */
  tensor(name: string, tensor: Tensor): string;
  /** A number as a tensor without axes. */
  number(value: number): string;
  /** Whole numbers in 64 bits, such as a shape; or one, without axes. */
  integers(values: readonly number[] | number): string;
}

export interface Builder {
  readonly nodes: NodeMessage[];
  readonly initializers: ReadonlyMap<string, TensorMessage>;
  /** A name that nothing has yet: this one, or one with a number behind it. */
  unique(name: string): string;
  scope(name: string): Scope;
}

export function createBuilder(): Builder {
  const nodes: NodeMessage[] = [];
  const initializers = new Map<string, TensorMessage>();
  const names = new Set<string>();

  const unique = (name: string): string => {
    let found = name;
    for (let i = 2; names.has(found); i++) found = `${name}_${i}`;
    names.add(found);
    return found;
  };

  const store = (name: string, dims: readonly number[], dataType: number, data: ArrayBufferView): string => {
    const { buffer, byteOffset, byteLength } = data;
    // Every platform with WebGPU is little-endian, as the file is.
    const rawData = new Uint8Array(buffer, byteOffset, byteLength);
    const known = initializers.get(name);
    if (known) return known.name!;
    const found = unique(name);
    initializers.set(name, { name: found, dims, dataType, rawData });
    return found;
  };

  const scope = (scoped: string): Scope => ({
    node(opType, input, attributes = {}, place = 0) {
      const name = unique(`${scoped}/${opType}`);
      const attribute = Object.entries(attributes).map(([key, value]) => attributeOf(key, value));
      const unused = Array.from({ length: place }, () => unique(`${name}/unused`));
      nodes.push({ opType, name, input, output: [...unused, name], attribute });
      return name;
    },
    tensor: (name, { shape, data }) => store(name, shape, DATA_TYPES.float, data),
    number: (value) => store(`constants/${value}`, [], DATA_TYPES.float, Float32Array.of(value)),
    integers: (values) =>
      typeof values === 'number'
        ? store(`constants/int64 ${values}`, [], DATA_TYPES.int64, BigInt64Array.of(BigInt(values)))
        : store(`constants/[${values}]`, [values.length], DATA_TYPES.int64, BigInt64Array.from(values, BigInt)),
  });

  return { nodes, initializers, unique, scope };
}

function attributeOf(name: string, value: Attribute): AttributeMessage {
  if (typeof value === 'number') return { name, i: value, type: ATTRIBUTE_TYPES.int };
  if (typeof value === 'string') return { name, s: new TextEncoder().encode(value), type: ATTRIBUTE_TYPES.string };
  if ('f' in value) return { name, f: value.f, type: ATTRIBUTE_TYPES.float };
  return { name, ints: value, type: ATTRIBUTE_TYPES.ints };
}
