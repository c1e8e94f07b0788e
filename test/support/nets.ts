/** What the tests of training share: seeded samples, and everything a net holds, bit by bit. */
import { uniforms } from '../../src/base/random.ts';
import type { Dataset, LossFunction, Model, Tensor, Trainer } from '../../src/index.node.ts';
import { features, outputs as outputsOf } from '../../src/nn/model.ts';

/** Uniform in ±1; each stream its own numbers. */
export const random = (count: number, stream: number): Float32Array =>
  Float32Array.from(uniforms(count, 5, stream), (u) => 2 * u - 1);

/** n samples for a model, with targets that its loss can make sense of. */
export function samples(model: Model, loss: LossFunction, n: number, stream = 0): { x: Float32Array; y: Float32Array } {
  const [inputs, outputs] = [features(model), outputsOf(model)];
  const values = random(n * outputs, 2 * stream + 1);
  const oneHot = values.map((_, i) => Number(i % outputs === Math.floor(i / outputs) % outputs));
  return { x: random(n * inputs, 2 * stream), y: loss.question !== 'values' ? oneHot : values };
}

type Bits = Record<string, Uint32Array>;
const bits = ({ data }: Tensor): Uint32Array => new Uint32Array(data.buffer, data.byteOffset, data.length);

export async function parameterBits(net: Trainer): Promise<Bits> {
  return Object.fromEntries(Object.entries(await net.parameters()).map(([key, tensor]) => [key, bits(tensor)]));
}

/** Names of the parameters, the optimizer state and the running totals. */
export const overwrittenNames = ({ graph }: Trainer): string[] =>
  graph.nodes.filter(({ op }) => op.name === 'parameter' || op.name === 'state').map(({ name }) => name);

/** All of those as bits. There has to have been a step. */
export async function stateBits(net: Trainer): Promise<Bits> {
  const read = async (name: string) => [name, bits(await net.tensor(name))] as const;
  return Object.fromEntries(await Promise.all(overwrittenNames(net).map(read)));
}

/**
 * Trains two epochs of one step, each in a submit of its own, of a data set of one batch. Both are read before the first read
 * ends, losses and parameters: nothing that is read beside training needs more buffers than are there afterwards.
 */
export const readTwoAtATime = (net: Trainer, batch: Dataset): Promise<unknown> =>
  net.fit(batch, { epochs: 2, millisecondsPerSubmit: 1e-6 });
