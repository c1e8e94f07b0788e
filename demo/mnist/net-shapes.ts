/** What the hidden layers make of an image, value by value: shapes, names of tensors, and what training adjusts. */
import type { Shape } from 'retrograd';
import { CLASSES, SIDE } from './lab/protocol.ts';
import { type HiddenLayer, kindOf } from './layers.ts';

export interface Fit {
  /** Of one sample: what goes in, and what comes out of each layer, as far as they fit. */
  readonly shapes: readonly Shape[];
  /** The first layer that does not fit, and why. */
  readonly misfit?: { readonly at: number; readonly says: string };
}

const isImage = (shape: Shape): boolean => shape.length === 3;

/** Images where a layer works on them, else rows of pixels. */
const inputOf = (hidden: readonly HiddenLayer[]): Shape =>
  hidden.some((layer) => kindOf(layer).ofImages) ? [1, SIDE, SIDE] : [SIDE * SIDE];

export function fit(hidden: readonly HiddenLayer[]): Fit {
  const shapes = [inputOf(hidden)];
  for (const [at, layer] of hidden.entries()) {
    const says = misfitOf(layer, shapes);
    if (says) return { shapes, misfit: { at, says } };
    shapes.push(kindOf(layer).shape(layer, shapes[at]));
  }
  return { shapes };
}

function misfitOf(layer: HiddenLayer, shapes: readonly Shape[]): string | undefined {
  const { ofImages, misfit, takes = () => [1] } = kindOf(layer);
  const last = shapes[shapes.length - 1];
  if (ofImages && !isImage(last))
    return `It works on images, and gets ${last} numbers. Put it before the dense layers.`;
  return misfit?.(
    layer,
    takes(layer).map((back) => shapes[shapes.length - back]),
  );
}

/** The hidden layers and the ten outputs. */
export const withOutputs = (hidden: readonly HiddenLayer[]): readonly HiddenLayer[] => [
  ...hidden,
  { kind: 'dense', units: CLASSES, activation: 'linear' },
];

/** The tensor that holds what goes in, and what each hidden layer hands on when the net predicts: 'x', 'a1', 'z2', ... */
export function outputNames(hidden: readonly HiddenLayer[]): readonly string[] {
  const names = ['x'];
  for (const [at, layer] of hidden.entries()) {
    const letter = kindOf(layer).output(layer);
    names.push(letter ? `${letter}${at + 1}` : names[at]);
  }
  return names;
}

/** The layers that have weights, from 1: W of each is a tensor of the net. The last one makes the outputs. */
export const weightedLayers = (hidden: readonly HiddenLayer[]): readonly number[] =>
  withOutputs(hidden).flatMap((layer, at) => (layer.kind === 'dense' || layer.kind === 'conv2d' ? [at + 1] : []));

/** Shapes of all parameters, by the keys that a file of weights has for them. */
export function parameterShapes(hidden: readonly HiddenLayer[]): ReadonlyMap<string, Shape> {
  const layers = withOutputs(hidden);
  const { shapes } = fit(hidden);
  const entries = layers.flatMap((layer, at) =>
    Object.entries(kindOf(layer).parameters?.(layer, shapes[at]) ?? {}).map(
      ([key, shape]) => [`layers.${at}.${key}`, shape] as const,
    ),
  );
  return new Map(entries);
}

/** The net in the words of its address, without activations: '784 → conv6x5 → maxpool2 → 10'. */
export const netInWords = (hidden: readonly HiddenLayer[], between = ' → '): string =>
  [SIDE * SIDE, ...hidden.map((layer) => kindOf(layer).write(layer)), CLASSES].join(between);
