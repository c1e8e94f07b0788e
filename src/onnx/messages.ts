/**
 * The messages of an ONNX file, with the numbers of their fields in onnx.proto
 * (github.com/onnx/onnx/blob/main/onnx/onnx.proto). Names are those of that file in camel case. Fields that neither side looks at
 * are left out: a reader skips what it does not know.
 */

/**
 * What the values of a field are. `int` is a varint of up to 64 bits, negative ones in two's complement; `float` and `double` are
 * little-endian; `text` is in UTF-8; another message is a function, as messages contain each other.
 */
export type Kind = 'int' | 'float' | 'double' | 'text' | 'bytes' | (() => Fields);

export interface Field {
  readonly number: number;
  readonly kind: Kind;
  /** Whether it is a list. Writers pack numbers or not, so that a reader takes both. */
  readonly repeated: boolean;
}

/** The fields of a message by name. */
export type Fields = Readonly<Record<string, Field>>;

type FieldsOf<T> = { readonly [K in keyof T]-?: Field };

const one = (number: number, kind: Kind): Field => ({ number, kind, repeated: false });
const many = (number: number, kind: Kind): Field => ({ number, kind, repeated: true });

/** A named string. */
export interface Entry {
  readonly key?: string;
  readonly value?: string;
}

export const entryFields: FieldsOf<Entry> = { key: one(1, 'text'), value: one(2, 'text') };

/** The version of a set of operators; the domain of those of ONNX itself is empty. */
export interface OperatorSet {
  readonly domain?: string;
  readonly version?: number;
}

export const operatorSetFields: FieldsOf<OperatorSet> = { domain: one(1, 'text'), version: one(2, 'int') };

/** Types of the numbers in a tensor. */
export const DATA_TYPES = {
  float: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  double: 11,
  uint32: 12,
  uint64: 13,
  complex64: 14,
  complex128: 15,
  bfloat16: 16,
} as const;

/** A tensor: its numbers are in `rawData`, little-endian, or in the list of their type, or in another file. */
export interface TensorMessage {
  readonly dims?: readonly number[];
  /** One of {@link DATA_TYPES}. */
  readonly dataType?: number;
  /** Also for float16 and all that has 32 bits or fewer: in the lowest bits. */
  readonly int32Data?: readonly number[];
  readonly floatData?: readonly number[];
  readonly stringData?: readonly Uint8Array[];
  readonly int64Data?: readonly number[];
  readonly name?: string;
  readonly rawData?: Uint8Array;
  readonly doubleData?: readonly number[];
  readonly uint64Data?: readonly number[];
  /** Where the numbers are, if they are in another file: `location`, `offset`, `length`. */
  readonly externalData?: readonly Entry[];
  /** 1 where the numbers are in another file. */
  readonly dataLocation?: number;
}

export const tensorFields: FieldsOf<TensorMessage> = {
  dims: many(1, 'int'),
  dataType: one(2, 'int'),
  floatData: many(4, 'float'),
  int32Data: many(5, 'int'),
  stringData: many(6, 'bytes'),
  int64Data: many(7, 'int'),
  name: one(8, 'text'),
  rawData: one(9, 'bytes'),
  doubleData: many(10, 'double'),
  uint64Data: many(11, 'int'),
  externalData: many(13, () => entryFields),
  dataLocation: one(14, 'int'),
};

/** Types of attributes. */
export const ATTRIBUTE_TYPES = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
  tensors: 9,
  graphs: 10,
} as const;

/** A constant of a node. */
export interface AttributeMessage {
  readonly name?: string;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly t?: TensorMessage;
  readonly g?: GraphMessage;
  readonly floats?: readonly number[];
  readonly ints?: readonly number[];
  readonly strings?: readonly Uint8Array[];
  readonly tensors?: readonly TensorMessage[];
  readonly graphs?: readonly GraphMessage[];
  /** One of {@link ATTRIBUTE_TYPES}. */
  readonly type?: number;
}

export const attributeFields: FieldsOf<AttributeMessage> = {
  name: one(1, 'text'),
  f: one(2, 'float'),
  i: one(3, 'int'),
  s: one(4, 'bytes'),
  t: one(5, () => tensorFields),
  g: one(6, () => graphFields),
  floats: many(7, 'float'),
  ints: many(8, 'int'),
  strings: many(9, 'bytes'),
  tensors: many(10, () => tensorFields),
  graphs: many(11, () => graphFields),
  type: one(20, 'int'),
};

/** An operator applied to values, which are named; an empty name is an input that is left out. */
export interface NodeMessage {
  readonly input?: readonly string[];
  readonly output?: readonly string[];
  readonly name?: string;
  readonly opType?: string;
  readonly attribute?: readonly AttributeMessage[];
  readonly docString?: string;
  readonly domain?: string;
}

export const nodeFields: FieldsOf<NodeMessage> = {
  input: many(1, 'text'),
  output: many(2, 'text'),
  name: one(3, 'text'),
  opType: one(4, 'text'),
  attribute: many(5, () => attributeFields),
  docString: one(6, 'text'),
  domain: one(7, 'text'),
};

/** The size of an axis: a number, or a name where it is not fixed. */
export interface Dimension {
  readonly dimValue?: number;
  readonly dimParam?: string;
}

export const dimensionFields: FieldsOf<Dimension> = { dimValue: one(1, 'int'), dimParam: one(2, 'text') };

export interface TensorShape {
  readonly dim?: readonly Dimension[];
}

export const tensorShapeFields: FieldsOf<TensorShape> = { dim: many(1, () => dimensionFields) };

export interface TensorType {
  /** One of {@link DATA_TYPES}. */
  readonly elemType?: number;
  readonly shape?: TensorShape;
}

export const tensorTypeFields: FieldsOf<TensorType> = {
  elemType: one(1, 'int'),
  shape: one(2, () => tensorShapeFields),
};

/** A type; one that is no tensor has none of these fields. */
export interface TypeMessage {
  readonly tensorType?: TensorType;
}

export const typeFields: FieldsOf<TypeMessage> = { tensorType: one(1, () => tensorTypeFields) };

/** A value with its type: an input or an output of a graph. */
export interface ValueInfo {
  readonly name?: string;
  readonly type?: TypeMessage;
  readonly docString?: string;
}

export const valueInfoFields: FieldsOf<ValueInfo> = {
  name: one(1, 'text'),
  type: one(2, () => typeFields),
  docString: one(3, 'text'),
};

export interface GraphMessage {
  /** In an order in which they can run. */
  readonly node?: readonly NodeMessage[];
  readonly name?: string;
  readonly initializer?: readonly TensorMessage[];
  readonly docString?: string;
  readonly input?: readonly ValueInfo[];
  readonly output?: readonly ValueInfo[];
  /** Types of values between the nodes. */
  readonly valueInfo?: readonly ValueInfo[];
  /** Initialisers that are mostly 0, as they are in the file. */
  readonly sparseInitializer?: readonly Uint8Array[];
}

export const graphFields: FieldsOf<GraphMessage> = {
  node: many(1, () => nodeFields),
  name: one(2, 'text'),
  initializer: many(5, () => tensorFields),
  docString: one(10, 'text'),
  input: many(11, () => valueInfoFields),
  output: many(12, () => valueInfoFields),
  valueInfo: many(13, () => valueInfoFields),
  sparseInitializer: many(15, 'bytes'),
};

/** The file. */
export interface ModelMessage {
  /** Version of the format. */
  readonly irVersion?: number;
  readonly producerName?: string;
  readonly producerVersion?: string;
  readonly domain?: string;
  readonly modelVersion?: number;
  readonly docString?: string;
  readonly graph?: GraphMessage;
  readonly opsetImport?: readonly OperatorSet[];
  readonly metadataProps?: readonly Entry[];
  /** Operators that the file defines by others, as they are in the file. */
  readonly functions?: readonly Uint8Array[];
}

export const modelFields: FieldsOf<ModelMessage> = {
  irVersion: one(1, 'int'),
  producerName: one(2, 'text'),
  producerVersion: one(3, 'text'),
  domain: one(4, 'text'),
  modelVersion: one(5, 'int'),
  docString: one(6, 'text'),
  graph: one(7, () => graphFields),
  opsetImport: many(8, () => operatorSetFields),
  metadataProps: many(14, () => entryFields),
  functions: many(25, 'bytes'),
};
