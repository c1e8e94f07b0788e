/** What an operation on maps does for the numbers that are chosen: windows, filters, products and their sums. */
import { type Windowed, windowed } from './came-back.ts';
import { symbol } from './names.ts';
import { hasWeights, isPool } from './net-layers.ts';
import type { Page } from './pages.ts';
import { pixelOf, select, selectChannel, selectTap, tapOf, unitOf } from './selection.ts';
import type { View } from './view-of.ts';
import { convolved, gathered, type Pooled, type Products, pooled, pooledInto, returned } from './windows.ts';

export interface ProductsShown {
  readonly kind: 'products';
  /** 'a¹', 'W²': what is multiplied. */
  readonly left: string;
  readonly right: string;
  /** One for each map that is summed over. */
  readonly groups: readonly Products[];
  readonly group: number;
  /** 'Map' */
  readonly grouped: string;
  chooseGroup(group: number): void;
  /** One of the products, where one is chosen. */
  readonly chosen?: number;
  choose?(product: number): void;
  /** What is added to the products: the bias. */
  readonly bias?: number;
  /** What the sum is. */
  readonly sumTitle: string;
  /** Pictures whose products belong to the sum, of which these are those of one. */
  readonly pictures: number;
}
export interface PoolShown {
  readonly kind: 'pool';
  readonly of: string;
  readonly window: Pooled;
  /** Where only the largest number counts. */
  readonly hasWinner: boolean;
}
export type Breakdown = ProductsShown | PoolShown;

/** Undefined of operations that need no more than their equation. */
export function breakdownOf(view: View, page: Page): Breakdown | undefined {
  switch (page.kind) {
    case 'convolution':
      return convolution(view, page);
    case 'pooling':
      return pool(view, page.layer, page.operands[0], unitOf(view, page.layer));
    case 'filterGradient':
      return filterGradient(view, page);
    case 'hiddenError':
      return cameThrough(view, page);
    default:
      return undefined;
  }
}

const layerAt = ({ layers }: View, layer: number): Windowed => windowed(layers[layer - 1]);

function convolution(view: View, { layer, operands: [W, input, b] }: Page): ProductsShown {
  const of = layerAt(view, layer);
  const taps = of.window.size ** 2;
  const tap = tapOf(view, layer);
  return {
    kind: 'products',
    left: symbol(input),
    right: symbol(W),
    groups: convolved(of, view.tensors[W].data, view.tensors[input].data, unitOf(view, layer)),
    group: Math.floor(tap / taps),
    grouped: 'Input map',
    chooseGroup: (group) => selectTap(layer, group * taps + (tap % taps)),
    chosen: tap % taps,
    choose: (product) => selectTap(layer, Math.floor(tap / taps) * taps + product),
    bias: view.tensors[b].data[pixelOf(view, layer).channel],
    sumTitle: 'Together',
    pictures: 1,
  };
}

function pool(view: View, layer: number, input: string, output: number): PoolShown {
  const of = layerAt(view, layer);
  const window = pooled(of, view.tensors[input].data, output);
  return { kind: 'pool', of: symbol(input), window, hasWinner: of.kind === 'maxPool2d' };
}

function filterGradient(view: View, { layer, operands: [delta, input] }: Page): ProductsShown {
  const of = layerAt(view, layer);
  const { channel, y, x } = pixelOf(view, layer);
  const [, height, width] = of.output;
  const weight = channel * of.input[0] * of.window.size ** 2 + tapOf(view, layer);
  return {
    kind: 'products',
    left: symbol(delta),
    right: symbol(input),
    groups: [gathered(of, view.tensors[delta].data, view.tensors[input].data, weight)],
    group: 0,
    grouped: 'Map',
    chooseGroup: () => {},
    chosen: y * width + x,
    choose: (product) => select(view, layer, channel * height * width + product),
    sumTitle: 'Together',
    pictures: view.pictures,
  };
}

/** Of an error that comes back through a single convolution or pool. */
function cameThrough(view: View, { layer }: Page): Breakdown | undefined {
  const consumers = view.values.consumersOf(layer);
  const m = consumers.find((m) => view.layers[m - 1].window);
  if (m === undefined) return undefined;
  const of = layerAt(view, m);
  if (isPool(of)) {
    const output = pooledInto(of, unitOf(view, layer));
    return output < 0 || !hasWinner(of) ? undefined : pool(view, m, view.values.nameOf(layer), output);
  }
  if (!hasWeights(of)) return undefined;
  return {
    kind: 'products',
    left: symbol(`delta${m}`),
    right: `${symbol(`W${m}`)}, turned`,
    groups: returned(of, view.tensors[`W${m}`].data, view.tensors[`delta${m}`].data, unitOf(view, layer)),
    group: pixelOf(view, m).channel,
    grouped: 'Filter',
    chooseGroup: (group) => selectChannel(view, m, group),
    sumTitle: consumers.length > 1 ? `Through layer ${m}` : 'Together',
    pictures: 1,
  };
}

const hasWinner = ({ kind }: Windowed): boolean => kind === 'maxPool2d';

/** The two corners of a rectangle of elements of a tensor that has a part in the numbers shown. */
export interface Region {
  readonly first: number;
  readonly last: number;
  /** The one that won its window. */
  readonly isWinner?: boolean;
}

/** Rectangles in a picture of maps [channels, height, width], around all these elements of one map. */
function around(places: readonly number[]): Region[] {
  const inside = places.filter((place) => place >= 0);
  return inside.length === 0 ? [] : [{ first: inside[0], last: inside[inside.length - 1] }];
}

/** What to outline in the picture of a tensor, beside the element that is chosen. */
export function regionsOf(view: View, page: Page, name: string): readonly Region[] {
  const shown = breakdownOf(view, page);
  if (!shown) return [];
  const { kind, layer, operands, result } = page;
  if (shown.kind === 'pool') {
    const isPooled = kind === 'pooling' ? name === operands[0] : name === result;
    if (!isPooled) return [];
    const { places, winner } = shown.window;
    return [...around(places), ...(shown.hasWinner ? [{ ...around([places[winner]])[0], isWinner: true }] : [])];
  }
  if (kind === 'convolution' && name === operands[1]) return shown.groups.flatMap(({ places }) => around(places));
  if (kind === 'filterGradient' && name === operands[1]) return around(shown.groups[0].places);
  if (kind === 'hiddenError') {
    const m = view.values.consumersOf(layer).find((m) => view.layers[m - 1].window)!;
    if (name === `delta${m}`) return shown.groups.flatMap(({ places }) => around(places));
  }
  return [];
}
