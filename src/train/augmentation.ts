/** Random distortions of training images: the options and their checks. */
import { checkKeys, checkNumber } from '../base/arguments.ts';
import { ArgumentError } from '../base/errors.ts';
import { type Shape, show } from '../base/tensor.ts';
import type { AnyDataset } from '../data/streamed.ts';

/**
 * Largest random changes to an image. Each change is drawn uniformly within its limit, for every image in every step, about
 * the centre of the image. Values between pixels are interpolated; outside of the image is 0.
 */
export interface AugmentOptions {
  /** Shift along each axis in pixels, from 0 to 4095. Default: 0. */
  shift?: number;
  /** Rotation to either side in degrees, from 0 to 180. Default: 0. */
  rotate?: number;
  /** Change of width and of height as a fraction, from 0 to 0.99: 0.15 gives factors from 0.85 to 1.15. Default: 0. */
  scale?: number;
  /** Lean of upright lines to either side in degrees, from 0 to 80. Default: 0. */
  shear?: number;
  /**
   * Moves every pixel by a smooth random field (Simard, Steinkraus & Platt 2003): numbers uniform in ±1, smoothed by a
   * Gaussian that sums to 1, times `alpha`. The standard deviation of a displacement along an axis is
   * `0.163 · alpha / sigma` pixels: 1.4 for the alpha of 34 and sigma of 4 in the paper. Default: none.
   */
  elastic?: {
    /** Strength of the field, from 0 to 10⁵. */
    alpha: number;
    /** Standard deviation of the Gaussian in pixels, from 1 to 4096. */
    sigma: number;
  };
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
export function augmentationOf(options: AugmentOptions, dataset: AnyDataset, input: Shape, where: string) {
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
function imageOf({ name, shape }: AnyDataset, input: Shape, where: string): Augmentation['image'] {
  const image = [shape, input].find(({ length }) => length === 2 || length === 3);
  if (!image) {
    const found = `${show(shape)} and a model with input ${show(input)}`;
    throw new ArgumentError(
      `${where}: expected images, [height, width] or [channels, height, width], found ${name} of ${found}`,
    );
  }
  const [width, height, channels = 1] = image.toReversed();
  if (Math.max(height, width) <= LARGEST) return [channels, height, width];
  throw new ArgumentError(`${where}: expected images of up to ${LARGEST} × ${LARGEST} pixels, found ${show(image)}`);
}
