/** Which unit of each layer is looked at; layer 0 are the pixels. It is shared by all pictures. */
import { signal } from '@preact/signals';
import { indexOfMax } from '../../../index-of-max.ts';
import type { View } from './inspection.ts';
import { isMatrix, layerOf } from './names.ts';

const chosen = signal<Readonly<Record<number, number>>>({});

export const lastLayer = ({ config }: View): number => config.hidden.length + 1;
export const unitsOf = (view: View, layer: number): number => view.tensors[layer === 0 ? 'x' : `z${layer}`].data.length;

/** Of a net, the hidden units with the largest error when they were first looked at: there is something to see. */
const telling = new WeakMap<object, Record<number, number>>();

function tellingUnit({ config, tensors }: View, layer: number): number {
  const known = telling.get(config) ?? {};
  telling.set(config, known);
  known[layer] ??= indexOfMax(tensors[`delta${layer}`].data.map(Math.abs));
  return known[layer];
}

/** As chosen; else the brightest pixel, the wanted class, or a telling unit. */
export function unitOf(view: View, layer: number): number {
  const unit = chosen.value[layer];
  if (unit !== undefined && unit < unitsOf(view, layer)) return unit;
  if (layer === 0) return indexOfMax(view.tensors.x.data);
  return layer === lastLayer(view) ? view.label : tellingUnit(view, layer);
}

export function select(layer: number, unit: number): void {
  chosen.value = { ...chosen.value, [layer]: unit };
}

/** The element of a tensor that belongs to the units looked at. */
export function selectedOf(view: View, name: string): number {
  const layer = layerOf(name, lastLayer(view));
  const { shape, data } = view.tensors[name];
  if (isMatrix(name)) return unitOf(view, layer) * shape[1] + unitOf(view, layer - 1);
  return data.length === 1 ? 0 : unitOf(view, layer);
}

/** Looks at the units that an element belongs to. */
export function selectElement(view: View, name: string, index: number): void {
  const layer = layerOf(name, lastLayer(view));
  const { shape, data } = view.tensors[name];
  if (isMatrix(name)) {
    select(layer, Math.floor(index / shape[1]));
    select(layer - 1, index % shape[1]);
  } else if (data.length > 1) select(layer, index);
}
