import type { Tensor, Trainer } from 'retrograd';
import { batch, type Dataset } from 'retrograd/data';
import type { Sample } from './protocol.ts';

/** gW1 gb1 ...: the mean of the gradients of a sample and of the first ones of a data set, as many as a batch has in all. */
export async function meanGradients(
  net: Trainer,
  dataset: Dataset,
  { pixels, label }: Required<Sample>,
  count: number,
): Promise<Record<string, Tensor>> {
  const others = Array.from({ length: Math.min(count - 1, dataset.count) }, (_, i) => i);
  const x = new Float32Array((1 + others.length) * pixels.length);
  x.set(pixels);
  if (others.length > 0) x.set(batch(dataset, others).x, pixels.length);
  const tensors = await net.tensors(x, [label, ...others.map((i) => dataset.targets.data[i])]);
  const gradients = Object.entries(tensors).filter(([name]) => /^d[Wb]\d+$/.test(name));
  return Object.fromEntries(gradients.map(([name, tensor]) => [`g${name.slice(1)}`, tensor]));
}
