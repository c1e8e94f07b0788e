import type { Tensor, Trainer } from 'retrograd';
import { batch, type Dataset } from 'retrograd/data';
import type { Sample } from './protocol.ts';

interface Asked {
  readonly net: Trainer;
  /** Whose first samples make a batch with the one that is asked about. */
  readonly dataset: Dataset;
  /** How many there are in a batch. */
  readonly count: number;
  /** Whether what comes of a sample depends on the others in its batch. */
  readonly mixes: boolean;
}

/**
 * Every tensor of a pass with one sample, and gW1 gb1 ...: the means of the gradients over a batch. Where samples depend on each
 * other, the pass is that of the batch, of which the tensors have the one sample, and C is the sum of its losses.
 */
export async function inspectSample(
  { net, dataset, count, mixes }: Asked,
  { pixels, label }: Required<Sample>,
): Promise<Record<string, Tensor>> {
  const others = Array.from({ length: Math.min(count - 1, dataset.count) }, (_, i) => i);
  const x = new Float32Array((1 + others.length) * pixels.length);
  x.set(pixels);
  if (others.length > 0) x.set(batch(dataset, others).x, pixels.length);
  const together = await net.tensors(x, [label, ...others.map((i) => dataset.targets.data[i])]);
  const pass = mixes ? firstOf(together, 1 + others.length) : await net.tensors(pixels, [label]);
  const gradients = Object.entries(together).filter(([name]) => /^d/.test(name) && isLearned(name.slice(1)));
  return { ...pass, ...Object.fromEntries(gradients.map(([name, tensor]) => [`g${name.slice(1)}`, tensor])) };
}

const isLearned = (name: string): boolean => /^(W|b|gamma|beta)\d+$/.test(name);

/** Of a pass with so many samples, what is of the first; with the sum of losses in place of their mean. */
function firstOf(tensors: Readonly<Record<string, Tensor>>, samples: number): Record<string, Tensor> {
  const entries = Object.entries(tensors).map(([name, { shape, data }]) => {
    const isOfAll = isLearned(name) || isLearned(name.replace(/^d/, '')) || shape[shape.length - 1] !== samples;
    const own = isOfAll ? data : data.filter((_, i) => i % samples === 0);
    const factor = /^d|^losses/.test(name) ? samples : 1;
    return [name, { shape: isOfAll ? shape : [...shape.slice(0, -1), 1], data: own.map((value) => value * factor) }];
  });
  return Object.fromEntries(entries);
}
