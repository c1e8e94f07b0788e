/** The layers of a net as the microscope needs them: what each is applied to, shapes, windows, and the names of its tensors. */
import type { Shape } from 'retrograd';
import type { ActivationName, Config } from '../../../config.ts';
import { CLASSES } from '../../../lab/protocol.ts';
import { type HiddenLayer, type KindName, kindOf } from '../../../layers.ts';
import { fit, withOutputs } from '../../../net-shapes.ts';

/** Windows on an image: the filter of a convolution, or what is pooled. */
export interface Window {
  /** Pixels on a side. */
  readonly size: number;
  /** Pixels from one window to the next. */
  readonly stride: number;
  /** Zeros above the image, and to the left of it. */
  readonly zeros: number;
}

export interface NetLayer {
  readonly kind: KindName;
  /** The values that it is applied to: 0 is the picture, i what layer i makes. */
  readonly of: readonly number[];
  /** Of a sample of the first of them, and of what comes out. */
  readonly input: Shape;
  readonly output: Shape;
  readonly activation?: ActivationName;
  readonly window?: Window;
  /** The share that is dropped. */
  readonly rate?: number;
}

/** The hidden layers, and the one that makes the outputs. */
export function layersOf({ hidden, loss }: Pick<Config, 'hidden' | 'loss'>): NetLayer[] {
  const { shapes } = fit(hidden);
  return withOutputs(hidden).map((layer, at) => {
    const { takes = () => [1] } = kindOf(layer);
    const isLast = at === hidden.length;
    return {
      kind: layer.kind,
      of: takes(layer).map((back) => at + 1 - back),
      input: shapes[at],
      output: isLast ? [CLASSES] : shapes[at + 1],
      ...('activation' in layer && { activation: isLast && loss === 'quadratic' ? 'sigmoid' : layer.activation }),
      ...('rate' in layer && { rate: layer.rate }),
      ...windowIn(layer, shapes[at]),
    };
  });
}

function windowIn(layer: HiddenLayer, [, side]: Shape): { readonly window?: Window } {
  if (layer.kind === 'maxPool2d' || layer.kind === 'averagePool2d') {
    return { window: { size: layer.size, stride: layer.size, zeros: 0 } };
  }
  if (layer.kind !== 'conv2d') return {};
  const { kernel: size, stride, padding } = layer;
  // An odd one is below and to the right.
  const beside = Math.max(0, (Math.ceil(side / stride) - 1) * stride + size - side);
  return { window: { size, stride, zeros: padding === 'same' ? Math.floor(beside / 2) : 0 } };
}

/** ε of the library's normalisations. */
export const EPSILON = 1e-5;

export const hasWeights = ({ kind }: NetLayer): boolean => kind === 'dense' || kind === 'conv2d';
export const isNorm = ({ kind }: NetLayer): boolean => kind === 'batchNorm' || kind === 'layerNorm';
export const isPool = ({ kind }: NetLayer): boolean => kind === 'maxPool2d' || kind === 'averagePool2d';
export const isImage = (shape: Shape): boolean => shape.length === 3;

/** The value itself, or what a layer that does nothing hands on: one without weights that has no tensor of its own. */
function handedOn(value: number, layers: readonly NetLayer[], has: (name: string) => boolean): number {
  if (value === 0 || hasWeights(layers[value - 1]) || has(`a${value}`)) return value;
  return handedOn(layers[value - 1].of[0], layers, has);
}

/** What the tensors are called that belong to a value. `has` says which there are. */
export interface Values {
  /** 'x', 'a1', or 'z1' where σ is linear. */
  nameOf(value: number): string;
  /** ∂C by what the layer hands on: 'da1', or 'delta1'. */
  gradientOf(value: number): string;
  /** The layers that the value goes into, from 1. */
  consumersOf(value: number): readonly number[];
  /** The layer whose values those are that a layer is applied to; 0 for the picture. */
  sourceOf(layer: number): number;
  /** Whether the layer is one that does nothing. */
  isIdle(layer: number): boolean;
}

export function valuesOf(layers: readonly NetLayer[], names: Iterable<string>): Values {
  const known = new Set(names);
  const has = (name: string): boolean => known.has(name);
  const resolve = (value: number): number => handedOn(value, layers, has);
  return {
    nameOf: (value) =>
      resolve(value) === 0 ? 'x' : has(`a${resolve(value)}`) ? `a${resolve(value)}` : `z${resolve(value)}`,
    gradientOf: (value) => (has(`a${resolve(value)}`) ? `da${resolve(value)}` : `delta${resolve(value)}`),
    consumersOf: (value) =>
      layers.flatMap(({ of }, i) =>
        resolve(i + 1) === i + 1 ? of.filter((v) => resolve(v) === value).map(() => i + 1) : [],
      ),
    sourceOf: (layer) => resolve(layers[layer - 1].of[0]),
    isIdle: (layer) => resolve(layer) !== layer,
  };
}
