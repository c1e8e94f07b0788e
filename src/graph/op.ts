/**
 * What a node is, and an op. One op, one file, in this order: what it computes · shape rule · gradient rule · CPU reference ·
 * kernel · cases. Three kinds: a leaf holds data, a pointwise op works element by element (and so fuses into any
 * kernel), a kernel op has a WGSL body of its own.
 */
import type { Shape } from '../base/tensor.ts';
import type { StepRow } from './step-row.ts';

/** Settings of a node by name. */
export type Attributes = Readonly<Record<string, number | boolean | string | Printable>>;

/** An attribute that is not a plain value, such as an activation of your own. */
export interface Printable {
  /** Its name. */
  readonly name: string;
  /** Its name, for printouts. */
  toString(): string;
}

/** The `toString` of a {@link Printable}. */
export function nameOf(this: Printable): string {
  return this.name;
}

/** One operation in a graph, and its result. */
export interface Node {
  /** Position in the graph. */
  readonly id: number;
  /** The operation. */
  readonly op: Op;
  /** The nodes it is applied to, all of them earlier in the graph. */
  readonly inputs: readonly Node[];
  /** Settings of the operation, such as whether an operand is transposed. */
  readonly attributes: Attributes;
  /** Shape of the result. The last axis is the batch in activations: `[features, batch]`. */
  readonly shape: Shape;
  /** Name of the tensor in the equations: `z1`, `delta1`, `dW1`. Empty for intermediate results. */
  name: string;
}

/** A computation as an append-only list of nodes. */
export interface Graph {
  /** The nodes, each after its inputs. */
  readonly nodes: Node[];
}

/** A tensor on the CPU, compact [rows][columns]. `error` bounds |GPU value − data| element by element; absent = exact. */
export interface Value {
  readonly shape: Shape;
  readonly data: Data;
  readonly error?: Float64Array;
}
export type Data = Float64Array | Float32Array | Uint8Array;

/** Where a pointwise op is being evaluated. */
export interface Place {
  readonly attributes: Attributes;
  readonly step: StepRow;
  /** All axes but the last, counted as one. */
  readonly row: number;
  readonly column: number;
  /** Of the values at this place, where the op makes several; else 0. */
  readonly plane?: number;
}

/** Operands to test an op with: shapes (`null` for the step), and the range their values are drawn from. */
export interface Case {
  readonly shapes: readonly (Shape | null)[];
  readonly attributes?: Attributes;
  /** One range for all operands, or one each; default [-2, 2]. */
  readonly domain?: Range | readonly Range[];
  /** The values of an operand that cannot have any: numbers that have to be in order. */
  readonly values?: readonly (ArrayLike<number> | undefined)[];
  /** What the step is to have of its own. */
  readonly step?: Partial<StepRow>;
}
export type Range = readonly [number, number];

/** Called only for the inputs whose gradient is wanted. */
export type Append = () => Node;

/** WGSL: what an import of a file of `shaders/` gives, or a text that comes from elsewhere. */
export interface ShaderFile {
  /** How messages call it: 'shaders/gemm.wgsl'. */
  readonly path: string;
  readonly text: string;
  /** Files whose functions it calls. */
  readonly uses?: readonly ShaderFile[];
}

interface Base {
  readonly name: string;
  /** Shape of the result. Throws ShapeError naming the op and every operand. */
  shape(inputs: readonly Node[], attributes: Attributes): Shape;
  /** What appends the gradient with respect to each input; undefined for an input that has none. Absent = no gradient. */
  gradient?(graph: Graph, node: Node, upstream: Node): readonly (Append | undefined)[];
  /** The same for a loss, which ends the graph: the gradient of the sum of its own elements. */
  lossGradient?(graph: Graph, node: Node): readonly (Append | undefined)[];
}

export interface LeafOp extends Base {
  readonly kind: 'leaf';
}

export interface PointwiseOp extends Base {
  readonly kind: 'pointwise';
  /** The input whose storage the result overwrites: parameters and optimizer state. */
  readonly inPlace?: number;
  /**
   * Values per place in the operand that it overwrites, whose shape is [planes, ...the others]. `f` takes them one after
   * another, and returns the one of `place.plane`; in WGSL they are a vector. An operand with several times as many planes
   * has so many slots: the step says which of them is overwritten. Default: 1.
   */
  readonly planes?: number;
  /** Its name in printouts of a fused kernel. Default: `name`. */
  title?(attributes: Attributes): string;
  /** The value at one place; `args` are the operands there, the step left out. */
  f(args: readonly number[], place: Place): number;
  /** Bound on the f32 rounding error of `f` for exact `args`: |GPU − result|. */
  rounding(args: readonly number[], result: number, place: Place): number;
  /** The WGSL that the call needs. */
  shaders(attributes: Attributes): readonly ShaderFile[];
  /** One WGSL call, e.g. `hadamard(a, b)`; `args` as for `f`; `row` and `col` are in scope. */
  call(args: readonly string[], attributes: Attributes): string;
}

export interface KernelOp extends Base {
  readonly kind: 'kernel';
  reference(inputs: readonly Value[], node: Node, step: StepRow): Float64Array;
  /** Bound on |GPU − data|, errors of the inputs included. */
  error(inputs: readonly Value[], data: Data, node: Node, step: StepRow): Float64Array;
  /** Ways to split the work on a device, the one to start with first. Absent = there is one way. */
  forms?(node: Node, target: Target): readonly Form[];
  /** The form for a kernel that shares its workgroups of so many lanes with others. */
  narrow?(node: Node, target: Target, lanes: number): Form;
  /** How to compute a few elements of a node, so that its forms can be checked before they are timed. Absent = they are not timed. */
  patch?(node: Node, some: (count: number) => readonly number[]): Patch;
  /** What an op with forms has: a small node to test them on. */
  readonly probe?: Probe;
  body(node: Node, options?: BodyOptions): Body;
}

/** Some rows and columns of a node, and the parts of its operands that make them by the same op. */
export interface Patch {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  /** Rows of the whole. */
  readonly height: number;
  /** Of this part. */
  readonly shape: Shape;
  readonly attributes: Attributes;
  readonly operands: readonly Selection[];
}
/** Rows and columns of a tensor, as a tensor of this shape. */
export interface Selection {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly shape: Shape;
}

/** A small problem that shows whether a kernel works on a device at all. */
export interface Probe {
  /** Files that it tests, as forms name them. */
  readonly shaders: readonly string[];
  /** What a device may come to run them as. */
  forms(target: Target): readonly Form[];
  /** Appends leaves, which get small integers, and nodes that one kernel computes from them, all of them named. */
  append(graph: Graph): void;
  /** The same kernel as that of a form, with the least for a compiler to do. */
  least(form: Form): Form;
}

export interface BodyOptions {
  readonly form?: Form;
  /** Of a workgroup, where the form does not say. */
  readonly lanes?: number;
}

/** What of a device decides which forms suit it. */
export interface Target {
  /** Runs on the CPU. */
  readonly software: boolean;
  /** Lanes that a subgroup has at least; 0 where the device has no subgroups. */
  readonly subgroup: number;
}

/** One way to split the work of a kernel on the device. All forms of a kernel give the same bits. */
export interface Form {
  /** Name of the form. */
  readonly name: string;
  /** Name of the file that makes it this form, that of the entry point in most: 'gemm'. */
  readonly shader: string;
  /** Constants of the shader, by name. */
  readonly constants: Readonly<Record<string, number>>;
  /** Lanes in a workgroup. */
  readonly lanes: number;
  /** Rows and columns of the result per workgroup. */
  readonly tile: readonly [number, number];
  /** Whether it binds its operands as floats, as it has to bind what the same dispatch writes. */
  readonly scalar?: boolean;
  /** Whether it reads its second operand value by value. */
  readonly single?: boolean;
}

/**
 * An operation of a graph. Each has a `name` and a `kind`: a `'leaf'` holds data, a `'pointwise'` op works element by element,
 * and a `'kernel'` has a shader of its own. Everything else in it is how the library computes it, and may change.
 */
export type Op = LeafOp | PointwiseOp | KernelOp;

/** A constant of a shader: a number is a u32, a `literal` an f32. */
export type Constant = number | boolean | string;
export type Constants = Readonly<Record<string, Constant>>;

/** A WGSL entry point made ready for one node: files, constants, operands, and the results it hands to epilogues. */
export interface Body {
  /** The file of the entry point, then the files it needs. */
  readonly shaders: readonly ShaderFile[];
  /** Its name in printouts. Default: the name of the file of the entry point. */
  readonly title?: string;
  readonly form?: Form;
  readonly constants: Constants;
  /** Binding name in the WGSL -> the node bound there. */
  readonly operands: Readonly<Record<string, Node>>;
  /**
   * Function called with each result, `(value, row, col)` -> shape of that result. The first one carries the node
   * itself; the others are computed only where something claims them.
   */
  readonly epilogues: Readonly<Record<string, Shape>>;
  /** The epilogue that carries `node`, for a node this body computes on the side; undefined for all others. */
  carries?(node: Node): string | undefined;
  /**
   * Columns of the result in a block: workgroups with group.x = i make those of block i, and nothing else does. Absent where
   * the work is not split by columns. Then `columnwise` are the operands that are read in these columns only, and `work`
   * the multiply-adds per column.
   */
  readonly columns?: number;
  readonly columnwise?: readonly string[];
  readonly work?: number;
  /** Whether it takes most of the memory of a workgroup, and so no other kernel runs in the same dispatch. */
  readonly alone?: boolean;
  /** Lanes of a workgroup, and the grid of workgroups; the entry point calls run(group, lane). */
  readonly lanes: number;
  readonly workgroups: readonly [number, number, number];
}
