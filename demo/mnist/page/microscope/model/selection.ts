/** Which unit of each layer is looked at, and which weight of a filter; layer 0 are the pixels. All pictures share it. */
import { signal } from '@preact/signals';
import type { Shape } from 'retrograd';
import { indexOfMax } from '../../../index-of-max.ts';
import { isMatrix, layerOf } from './names.ts';
import { isImage } from './net-layers.ts';
import type { View } from './view-of.ts';
import { indexOf, type Place, placeOf } from './windows.ts';

type ByLayer = Readonly<Record<number, number>>;
const chosen = signal<ByLayer>({});
/** Of the filters of a convolution, the weight: its place among those of one filter. */
const taps = signal<ByLayer>({});

export const lastLayer = ({ layers }: View): number => layers.length;
/** Of a sample: [units], or [channels, height, width]. */
export const shapeOf = ({ layers }: View, layer: number): Shape =>
  layer === 0 ? layers[0].input : layers[layer - 1].output;
export const unitsOf = (view: View, layer: number): number => shapeOf(view, layer).reduce((a, b) => a * b, 1);

/** Of a net, the hidden units with the largest error when they were first looked at: there is something to see. */
const telling = new WeakMap<object, Record<number, number>>();

function tellingUnit({ config, tensors, values }: View, layer: number): number {
  const known = telling.get(config) ?? {};
  telling.set(config, known);
  const seen = [`delta${layer}`, values.gradientOf(layer), values.nameOf(layer)].find((name) => tensors[name])!;
  known[layer] ??= indexOfMax(tensors[seen].data.map(Math.abs));
  return known[layer];
}

/** Layers that work number by number share the choice with what they are applied to. */
function rootOf(view: View, layer: number): number {
  if (layer === 0) return 0;
  const { kind, of, window } = view.layers[layer - 1];
  return kind === 'dense' || window ? layer : rootOf(view, of[of.length - 1]);
}

/** As chosen; else the brightest pixel, the wanted class, or a telling unit. */
export function unitOf(view: View, of: number): number {
  const layer = rootOf(view, of);
  const unit = chosen.value[layer];
  if (unit !== undefined && unit < unitsOf(view, layer)) return unit;
  if (layer === 0) return indexOfMax(view.tensors.x.data);
  return layer === lastLayer(view) ? view.label : tellingUnit(view, layer);
}

export function select(view: View, layer: number, unit: number): void {
  chosen.value = { ...chosen.value, [rootOf(view, layer)]: unit };
}

/** Where the unit is in maps. */
export const pixelOf = (view: View, layer: number): Place => placeOf(unitOf(view, layer), shapeOf(view, layer));

/** The same pixel of another map. */
export function selectChannel(view: View, layer: number, channel: number): void {
  select(view, layer, indexOf({ ...pixelOf(view, layer), channel }, shapeOf(view, layer)));
}

/** Weights of one filter of a convolution. */
const tapsOf = ({ layers }: View, layer: number): number =>
  layers[layer - 1].input[0] * layers[layer - 1].window!.size ** 2;

/** As chosen; else the middle of the first channel. */
export function tapOf(view: View, layer: number): number {
  const tap = taps.value[layer];
  return tap !== undefined && tap < tapsOf(view, layer)
    ? tap
    : Math.floor(view.layers[layer - 1].window!.size ** 2 / 2);
}

export function selectTap(layer: number, tap: number): void {
  taps.value = { ...taps.value, [layer]: tap };
}

const isConvolution = (view: View, layer: number): boolean => view.layers[layer - 1].kind === 'conv2d';

/** How many units share a number of a tensor: those of a map share its bias, and all share a mean over all. */
const sharedBy = (view: View, layer: number, count: number): number => unitsOf(view, layer) / count;

/** The element of a tensor that belongs to the units looked at. */
export function selectedOf(view: View, name: string): number {
  const layer = layerOf(name, lastLayer(view));
  const { shape, data } = view.tensors[name];
  if (!isMatrix(name)) return Math.floor(unitOf(view, layer) / sharedBy(view, layer, data.length));
  if (isConvolution(view, layer)) return pixelOf(view, layer).channel * shape[1] + tapOf(view, layer);
  return unitOf(view, layer) * shape[1] + unitOf(view, view.values.sourceOf(layer));
}

/** Looks at the units that an element belongs to. */
export function selectElement(view: View, name: string, index: number): void {
  const layer = layerOf(name, lastLayer(view));
  const { shape, data } = view.tensors[name];
  if (!isMatrix(name)) {
    const shared = sharedBy(view, layer, data.length);
    select(view, layer, index * shared + (unitOf(view, layer) % shared));
    return;
  }
  const [row, column] = [Math.floor(index / shape[1]), index % shape[1]];
  if (isConvolution(view, layer)) {
    selectChannel(view, layer, row);
    selectTap(layer, column);
  } else {
    select(view, layer, row);
    select(view, view.values.sourceOf(layer), column);
  }
}

/** Where an element is, as its tensor is indexed: [5], [5, 312], or [channel, row, column]; [] of a single number. */
export function indexIn(view: View, name: string, index: number): readonly number[] {
  const layer = layerOf(name, lastLayer(view));
  const { shape, data } = view.tensors[name];
  if (isMatrix(name)) {
    const [row, column] = [Math.floor(index / shape[1]), index % shape[1]];
    if (!isConvolution(view, layer)) return [row, column];
    const { input, window } = view.layers[layer - 1];
    const { channel, y, x } = placeOf(column, [input[0], window!.size, window!.size]);
    return [row, channel, y, x];
  }
  if (data.length === 1) return [];
  const of = shapeOf(view, layer);
  if (!isImage(of) || data.length < unitsOf(view, layer)) return [index];
  const { channel, y, x } = placeOf(index, of);
  return [channel, y, x];
}
