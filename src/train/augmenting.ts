/** The nodes that distort training images. */
import { append, type Graph, type Node } from '../graph/graph.ts';
import { stepOf } from '../graph/leaf.ts';
import { affine } from '../ops/affine.ts';
import { amplitudeOf, elastic, pitchOf, pointsAlong } from '../ops/elastic.ts';
import { warp } from '../ops/warp.ts';
import type { Augmentation } from './augmentation.ts';

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Appends the batch of resident images `source` as this augmentation makes it, in place of `gather`: [features, batch]. */
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
