/** What convolutional layers share: strides, groups, and what a layer appends. */
import { checkCount } from '../../base/arguments.ts';
import { ArgumentError, ShapeError } from '../../base/errors.ts';
import { type Attributes, append, type Node } from '../../graph/graph.ts';
import { conv2d as convolution } from '../../ops/conv2d.ts';
import { type Window, windowAttributes } from '../../ops/shared/window.ts';
import { type Pair, showPair } from './image.ts';
import type { Site } from './layer.ts';
import type { Padding } from './padding.ts';
import { appendWeighted, type Weighted, withoutBias } from './weighted.ts';

/** A layer whose filters and input channels may fall into groups. */
interface Grouped extends Weighted {
  readonly filters: number;
  readonly stride: Pair;
  readonly padding: Padding<Pair>;
  readonly groups?: number;
}

/** The groups of a layer, where there are several. Throws ArgumentError unless they divide the filters evenly. */
export function checkedGroups(layer: string, filters: number, groups: number): { readonly groups?: number } {
  checkCount(`${layer}: groups`, groups);
  if (filters % groups > 0)
    throw new ArgumentError(`${layer}: groups must divide the ${filters} filters evenly, found ${groups}`);
  return groups > 1 ? { groups } : {};
}

/** Throws ShapeError unless the groups of a layer divide its input channels evenly. */
export function checkChannels(layer: string, { groups = 1 }: Grouped, channels: number): void {
  if (channels % groups > 0)
    throw new ShapeError(`${layer}: expected channels that ${groups} groups divide evenly, found ${channels}`);
}

/** The layer for so many channels, and with so many filters as it has: with as many of its groups as both allow. */
export function withFewerGroups<L extends Grouped>(layer: L, channels: number): L {
  let groups = Math.min(layer.groups ?? 1, layer.filters);
  while (channels % groups > 0) groups--;
  return Object.assign({ ...layer }, { filters: layer.filters - (layer.filters % groups), groups });
}

/** As attributes of an op, where there are several groups. */
export const groupAttributes = ({ groups = 1 }: Grouped): Attributes => (groups > 1 ? { groups } : {});

/** z^l = W^l ∗ a^(l−1) + b^l, a^l = σ(z^l), with filters of this size. */
export function appendConvolution(
  layer: Grouped,
  site: Site,
  x: Node,
  kernel: readonly number[],
  window: Window,
): Node {
  const { filters, groups = 1, init } = layer;
  const W = site.parameter('W', { key: 'weight', shape: [filters, x.shape[0] / groups, ...kernel], init });
  const attributes = { ...windowAttributes(window), ...groupAttributes(layer) };
  return appendWeighted(layer, site, filters, (name) => append(site.graph, convolution, [W, x], attributes, name));
}

/** 'conv 3x3x8 /2 same relu', with what a layer has besides. */
export function describeConvolution(
  title: string,
  layer: Grouped,
  kernel: readonly number[],
  more: string[] = [],
): string {
  const { filters, stride, padding, groups = 1, activation } = layer;
  return [
    `${title} ${[...kernel, filters].join('x')}`,
    ...(stride === 1 ? [] : [`/${showPair(stride)}`]),
    ...(padding === 'valid' || padding === 0 ? [] : [padding === 'same' ? 'same' : `pad ${showPair(padding)}`]),
    ...more,
    ...(groups > 1 ? [`groups ${groups}`] : []),
    ...withoutBias(layer),
    activation,
  ].join(' ');
}
