/**
 * What a layer is: plain data made by a function such as `dense(10)`, which carries its kind. The kind says what shape comes
 * out and appends the layer to a graph. One layer, one file; a net holds the code of the layers that it is made of.
 */
import { checkKeys, checkNumber, isList, member } from '../../base/arguments.ts';
import { ArgumentError } from '../../base/errors.ts';
import { showValue } from '../../base/show-value.ts';
import type { Shape } from '../../base/tensor.ts';
import type { Attributes, Graph, Node } from '../../graph/graph.ts';
import type { ActivationName, OwnActivation } from '../../ops/activation-table.ts';
import { type Initialiser, ofVariance, xavier } from '../initialisers.ts';

export interface LayerKind<Layer> {
  /** What a model of several inputs does besides; carried by the layers that are its inputs. */
  readonly inputs?: InputsRule;
  /** What a model of several outputs does besides; carried by the layer that ends it. */
  readonly outputs?: OutputsRule;
  /** The option that says how many outputs, or channels of them, it has. */
  readonly width?: keyof Layer & string;
  /** The layer for inputs that have become narrower, after it has become so itself. Default: the same layer. */
  narrowed?(layer: Layer, inputs: readonly Shape[]): Layer;
  /** How many values it is applied to. Default: one. */
  readonly takes?: { readonly least: number; readonly most: number };
  /** What its inputs have to be, where that is not any numbers. */
  demands?(layer: Layer): Demand;
  /** The numbers of a whole sample that an input takes: from the first to before the last. Only inputs have it. */
  part?(layer: Layer): readonly [number, number];
  /** Whether the numbers that come out are those that go in, in other places. */
  readonly rearranges?: boolean;
  /** Throws ArgumentError for values that it cannot be applied to for another reason than their shape. */
  applied?(layer: Layer, values: readonly Applied[]): void;
  /** Shape of one sample that comes out, for samples of these shapes. Throws ShapeError where they do not suit the layer. */
  shape(layer: Layer, inputs: readonly Shape[]): Shape;
  /** Appends the layer, applied to inputs whose last axis is the batch. */
  append(layer: Layer, site: Site, inputs: readonly Node[]): Node;
  /** The layer as its function makes it of the same options. Throws ArgumentError for options that it does not take. */
  remade(layer: Layer): Layer;
  /** '100 relu' */
  describe(layer: Layer): string;
}

/**
 * A layer to test, and the shapes of samples that it is applied to. A file of layers exports them as `nameCases`; tests alone
 * call that, so bundles leave it out.
 */
export interface LayerCase {
  readonly layer: { readonly layer: string };
  readonly inputs: readonly Shape[];
}

/** The samples of one of several inputs, as a caller gives them. */
export interface InputPart {
  readonly name: string;
  /** Shape of one sample. */
  readonly shape: Shape;
}

type Layers = readonly { readonly layer: string }[];

export interface InputsRule {
  /** Samples by name, in the order of the inputs. Throws ArgumentError for other names. */
  partsOf(layers: Layers, given: unknown, where: string): readonly (InputPart & { readonly x: unknown })[];
  /** The samples of all inputs [n][size] one after the other, as [n][features]. Throws ShapeError for other numbers of them. */
  join(parts: readonly (InputPart & { readonly samples: Float32Array })[], where: string): Float32Array;
  /** Throws ShapeError for a data set whose inputs are not those of the model. */
  check(
    layers: Layers,
    parts: readonly { readonly name: string; readonly size: number; readonly shape?: Shape }[],
    where: string,
  ): void;
}

/** What numbers have to be. */
export interface Demand {
  /** Such as 'a whole number from 0 to 9'. */
  readonly expected: string;
  ok(value: number): boolean;
}

/** A value in a model under construction: what made it, and of what. */
export interface Applied {
  readonly layer?: { readonly layer: string };
  readonly of: readonly Applied[];
}

/** One of several outputs. */
export interface Output {
  readonly name: string;
  /** Shape of one sample. */
  readonly shape: Shape;
  /** The layer that makes it. */
  readonly layer: object;
}

/** A part of the targets of a data set. */
export interface TargetPart {
  readonly name: string;
  readonly kind: 'values' | 'labels';
  readonly size: number;
}

export interface OutputsRule {
  /** The losses that are given by name as one. Throws ArgumentError for other names, losses or weights. */
  losses(outputs: readonly Output[], losses: unknown, weights: unknown, where: string): object;
  /** What is given by name, such as `targets`, in the order of the outputs. Throws ArgumentError for other names. */
  named(outputs: readonly Output[], given: unknown, where: string, what: string): readonly unknown[];
  /**
   * Where the targets [size] of the outputs are in a stored sample: for each, the place of its number, and its class, or −1 where
   * the number is its value. Throws ShapeError for parts that are not those of the outputs.
   */
  table(outputs: readonly Output[], parts: readonly TargetPart[], where: string): number[];
  /** Appends the targets of a batch of stored samples. */
  gather(graph: Graph, data: Node, table: readonly number[], attributes: Attributes, name: string): Node;
  /** Appends what is predicted, one output after the other. */
  predict(
    graph: Graph,
    outputs: readonly Node[],
    activations: readonly LayerActivation[],
    names: readonly string[],
  ): Node;
  /** Values [n][size] of all outputs -> those of each by its name. */
  split(outputs: readonly Output[], values: Float32Array): Record<string, Float32Array>;
}

/**
 * Under which a layer carries its kind. A copy such as { ...layer } has it too, a JSON text does not. A layer of another copy
 * of the library in one page is refused: it would append ops that this copy does not know as its own.
 */
const KIND = Symbol('kind');

export const ofKind = <L extends { readonly layer: string }>(kind: LayerKind<L>, layer: L): L =>
  Object.assign(layer, { [KIND]: kind });

export const isLayer = (value: unknown): boolean =>
  typeof member(value, 'layer') === 'string' && typeof member(member(value, KIND), 'append') === 'function';

export const kindOf = <L extends { readonly layer: string }>(layer: L): LayerKind<L> =>
  member(layer, KIND) as LayerKind<L>;

/** Where in a graph a layer is appended. */
export interface Site {
  readonly graph: Graph;
  /** The l of the equations, counted from 1: it marks the names z^l, a^l, W^l. */
  readonly index: number;
  /** Whether it is to learn from this pass, or only to be applied. */
  readonly training: boolean;
  /** Whether a tensor of the layer, given by its key, stays as it is in training. */
  isFrozen(key: string): boolean;
  /** A tensor of the layer, called by its letter in the equations: a new one where the layer is applied first. */
  parameter(letter: string, options: ParameterOptions): Node;
  /**
   * For a tensor that the layer itself changes in a step that learns: `append` is called after the gradients, if at all, with the
   * tensor as the applications of the layer before this one leave it, and overwrites it.
   */
  update(tensor: Node, append: (latest: Node) => Node): void;
}

export interface ParameterOptions {
  /** 'weight': what follows the number of the layer in the key. */
  readonly key: string;
  /** Shape that users see: [out, in], [out]. */
  readonly shape: Shape;
  /** Shape in the graph. Default: [first axis, all others]. */
  readonly memory?: Shape;
  /** How its values are drawn, or the values. */
  readonly init: Initialiser | Float32Array;
  /** Whether the optimizer updates it, and not the layer itself, as with a running mean. Default: true. */
  readonly trained?: boolean;
  /** Whether it counts as a weight for `decayed: 'weights'`. Default: whether it has two axes or more. */
  readonly decays?: boolean;
}

/** Options of layers with weights. */
export interface InitialiserOptions {
  /**
   * Initialiser of the weights. Default: {@link he} for `relu`, `relu6`, `leakyRelu`, `elu`, `gelu`, `exactGelu`, `silu`,
   * `hardSwish`, `mish` and `softplus`, {@link lecun} for `selu`, else {@link xavier}.
   */
  init?: Initialiser;
  /** Initialiser of the biases. Default: {@link zeros}. */
  biasInit?: Initialiser;
}

/** An activation as layers take it, such as {@link relu} or what {@link pointwise} returns. */
export interface LayerActivation {
  /** Name of σ, or an activation of your own. */
  readonly activation: ActivationName | 'softmax' | OwnActivation;
}

/** Under which an activation, and a layer that has one, carries what its name stands for. Softmax is no such function. */
const ROW = Symbol('row');

/** An activation by its name. */
export const named = (activation: ActivationName | 'softmax', row?: OwnActivation): LayerActivation =>
  Object.assign({ activation }, { [ROW]: row });

/** The activation of a layer, for the layer to be made. */
export const activationIn = (of: LayerActivation): LayerActivation =>
  Object.assign({ activation: of.activation }, { [ROW]: member(of, ROW) });

/** σ and σ' of an activation that works number by number; undefined for a name that comes without. */
export function rowOf(of: LayerActivation): OwnActivation | undefined {
  const { activation } = of;
  if (typeof activation !== 'string') return activation;
  const row = member(of, ROW);
  return member(row, 'name') === activation ? (row as OwnActivation) : undefined;
}

/** He for activations that rectify, LeCun for selu, Xavier for the others. */
export function initialiserFor(of: LayerActivation): Initialiser {
  const variance = rowOf(of)?.variance;
  return variance ? ofVariance(variance) : xavier();
}

/** The options of a layer with weights. */
export const initialiserOptions = ['init', 'biasInit'];

/** Throws ArgumentError for a value that is not an initialiser, or not an activation. */
export function checkLayer(layer: string, of: LayerActivation, initialisers: InitialiserOptions): void {
  for (const [name, value] of Object.entries(initialisers)) {
    if (value === undefined || isInitialiser(value)) continue;
    throw new ArgumentError(`${layer}: ${name} must be an initialiser such as he(), found ${showValue(value)}`);
  }
  if (!isActivation(of)) {
    const found = showValue(member(of, 'activation') ?? of);
    throw new ArgumentError(`${layer}: expected an activation such as relu, found ${found}`);
  }
}

const isInitialiser = (value: unknown): boolean =>
  ['normal', 'uniform', 'zeros', 'ones'].includes(member(value, 'kind') as string) &&
  typeof member(value, 'scale') === 'function';

function isActivation(of: unknown): of is LayerActivation {
  const given = member(of, 'activation');
  if (typeof given === 'string') return given === 'softmax' || rowOf(of as LayerActivation) !== undefined;
  return (
    ['f', 'gradient'].every((name) => typeof member(given, name) === 'function') && isList(member(given, 'shaders'))
  );
}

/** The options with what they leave out. Throws ArgumentError for one that is unknown, or no number that it can be. */
export function checkOptions<T extends Record<string, number>>(layer: string, options: Partial<T>, defaults: T): T {
  checkKeys(layer, options, Object.keys(defaults));
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    const { ok, expected } = ranges[name as keyof typeof ranges];
    checkNumber(`${layer}: ${name}`, value, expected, ok);
  }
  return { ...defaults, ...Object.fromEntries(given) };
}

const ranges = {
  momentum: { ok: (value: number) => value >= 0 && value <= 1, expected: 'a number in [0, 1]' },
  // One that f32 rounds to 0 would divide by zero.
  epsilon: { ok: (value: number) => value >= 1e-30, expected: 'a finite number ≥ 1e-30' },
};
