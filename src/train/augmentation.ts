/** Random changes to the images that a net trains on: what can be asked for, checked, and the nodes that make it. */
import { checkKeys, checkNumber } from '../base/arguments.ts';
import { ArgumentError } from '../base/errors.ts';
import { type Shape, show } from '../base/tensor.ts';
import type { Dataset } from '../data/dataset.ts';
import { append, type Graph, type Node } from '../graph/graph.ts';
import { stepOf } from '../graph/leaf.ts';
import { affine } from '../ops/affine.ts';
import { amplitudeOf, elastic, pitchOf, pointsAlong } from '../ops/elastic.ts';
import { warp } from '../ops/warp.ts';

/** How far each image is changed at most, evenly drawn for every image in every step. What is left out is not done. */
export interface AugmentOptions {
  /** Pixels, in each direction: 0 to 4095. */
  shift?: number;
  /** Degrees, either way round: 0 to 180. */
  rotate?: number;
  /** 0.15: the width and the height, each for itself, times 0.85 to 1.15; 0 to 0.99. */
  scale?: number;
  /** Degrees by which upright lines lean, to either side: 0 to 80. */
  shear?: number;
  /**
   * Every pixel is moved by a random field, smooth over `sigma` pixels (1 to 4096): that of Simard, Steinkraus & Platt
   * (2003), numbers uniform in ±1 smoothed with a Gaussian that sums to 1, times `alpha` (0 to 10⁵). A displacement has the
   * standard deviation 0.163 alpha / sigma along each axis: 1.4 pixels for their alpha 34 and sigma 4.
   */
  elastic?: { alpha: number; sigma: number };
}

/** What is done to the images of a data set. */
export interface Augmentation extends Required<Omit<AugmentOptions, 'elastic'>> {
  readonly elastic?: Readonly<NonNullable<AugmentOptions['elastic']>>;
  /** Channels, height and width. */
  readonly image: readonly [number, number, number];
}

/** Larger images have pixels whose place no 12 bits tell. */
const LARGEST = 4095;

type Range = readonly [least: number, most: number];
const limits: Record<string, Range> = { shift: [0, LARGEST], rotate: [0, 180], scale: [0, 0.99], shear: [0, 80] };
const elasticLimits = { alpha: [0, 1e5], sigma: [1, 4096] } as const;

/**
 * The augmentation of this data set for a model of such an input; undefined where it changes nothing. Throws ArgumentError
 * for what is out of range or unknown, and for samples that are no images.
 */
export function augmentationOf(options: AugmentOptions, dataset: Dataset, input: Shape, where: string) {
  checkAugment(options, where);
  const { shift = 0, rotate = 0, scale = 0, shear = 0 } = options;
  const bent = options.elastic && options.elastic.alpha > 0 ? { ...options.elastic } : undefined;
  if (!(shift || rotate || scale || shear || bent)) return undefined;
  return { shift, rotate, scale, shear, elastic: bent, image: imageOf(dataset, input, where) } satisfies Augmentation;
}

/** Throws ArgumentError for settings out of range, or unknown. */
export function checkAugment(options: AugmentOptions, where: string): void {
  const { elastic: bent, ...settings } = checked(options, [...Object.keys(limits), 'elastic'], where);
  for (const [name, value] of Object.entries(settings)) {
    if (value !== undefined) checkRange(`${where}: ${name}`, value, limits[name]);
  }
  if (bent === undefined) return;
  const { alpha, sigma } = checked(bent, ['alpha', 'sigma'], `${where}: elastic`);
  checkRange(`${where}: elastic.alpha`, alpha, elasticLimits.alpha);
  checkRange(`${where}: elastic.sigma`, sigma, elasticLimits.sigma);
}

function checked(options: unknown, known: readonly string[], where: string): Record<string, unknown> {
  checkKeys(where, options, known);
  return options as Record<string, unknown>;
}

const checkRange = (what: string, value: unknown, [least, most]: Range): void =>
  checkNumber(what, value, `a number from ${least} to ${most}`, (number) => number >= least && number <= most);

/** Of the samples, or else of what the model takes. */
function imageOf({ name, shape }: Dataset, input: Shape, where: string): Augmentation['image'] {
  const image = [shape, input].find(({ length }) => length === 2 || length === 3);
  if (!image) {
    const found = `${show(shape)}, and a model for ${show(input)}`;
    throw new ArgumentError(
      `${where}: expected images, [height, width] or [channels, height, width], found ${name} of ${found}`,
    );
  }
  const [width, height, channels = 1] = image.toReversed();
  if (Math.max(height, width) <= LARGEST) return [channels, height, width];
  throw new ArgumentError(`${where}: expected images of up to ${LARGEST} × ${LARGEST} pixels, found ${show(image)}`);
}

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Appends the batch of the resident images `source` as this augmentation makes it: [features, batch]. */
export function appendAugmented(
  graph: Graph,
  source: Node,
  { shift, rotate, scale, shear, elastic: bent, image: [channels, height, width] }: Augmentation,
  field: { readonly format: string; readonly scale: number; readonly batch: number },
  name: string,
): Node {
  const step = stepOf(graph);
  const { batch } = field;
  const angles = { turn: radians(rotate), shear: radians(shear) };
  const map = append(graph, affine, [step], { batch, height, width, ...angles, stretch: scale, shift });
  const points = bent && appendPoints(graph, bent, [height, width], batch);
  const pitch = bent ? pitchOf(bent.sigma) : 0;
  const inputs = [source, map, ...(points ? [points] : []), step];
  return append(graph, warp, inputs, { ...field, channels, height, width, pitch }, name);
}

function appendPoints(
  graph: Graph,
  { alpha, sigma }: NonNullable<Augmentation['elastic']>,
  image: readonly [number, number],
  batch: number,
): Node {
  const [height, width] = image.map((n) => pointsAlong(n, pitchOf(sigma)));
  return append(graph, elastic, [stepOf(graph)], { height, width, batch, amplitude: amplitudeOf(alpha, sigma) });
}
