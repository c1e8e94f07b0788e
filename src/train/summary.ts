/** summary(): a model and what it takes, before anything is made of it. */
import { checkCount, checkKeys, checkNumber, isList } from '../base/arguments.ts';
import { ArgumentError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { schedule } from '../compiler/schedule.ts';
import { unknownTensor } from '../engine/named-tensors.ts';
import { find, type Node } from '../graph/graph.ts';
import { parameter, state } from '../graph/leaf.ts';
import { checkModel, type Model } from '../nn/model.ts';
import { checkOptimizer } from '../nn/optimizers/optimizer.ts';
import { type StepBytes, type Summary, summarize } from '../nn/summary.ts';
import type { CompileOptions } from './compile.ts';
import { trainingGraph } from './graphs.ts';
import { lossFor } from './loss-for.ts';
import { LOSSES } from './session.ts';

/** Options of {@link summary}: those of {@link compile} that decide what a training step holds in memory. */
export type SummaryOptions = Pick<
  CompileOptions,
  'batch' | 'loss' | 'lossWeights' | 'optimizer' | 'clipNorm' | 'accumulate' | 'keep'
>;

/**
 * Lists the layers of a model with their shapes, parameters and multiply-adds; {@link printSummary} prints it.
 *
 * @param options With these it also says how much memory a training step takes. A device may hold a little more or less, as its
 * limits decide which kernels share a dispatch.
 * @throws {ArgumentError} For something that is not a model, or an invalid option.
 */
export function summary(model: Model, options?: SummaryOptions): Summary {
  checkModel('summary', model);
  const all = summarize(model);
  return options ? { ...all, bytes: bytesOf(model, options) } : all;
}

/** Storage buffers that a dispatch can have on every device. */
const PORTABLE_BUFFERS = 8;

function bytesOf(model: Model, options: SummaryOptions): StepBytes {
  checkKeys('summary', options, ['batch', 'loss', 'lossWeights', 'optimizer', 'clipNorm', 'accumulate', 'keep']);
  const { batch, optimizer, clipNorm, accumulate, keep } = options;
  checkCount('summary: batch', batch);
  checkOptimizer(optimizer, 'summary: optimizer');
  const loss = lossFor('summary', model, options);
  if (accumulate !== undefined) checkCount('summary: accumulate', accumulate);
  if (clipNorm !== undefined) checkNumber('summary: clipNorm', clipNorm, 'a finite number > 0', (value) => value > 0);
  if (keep !== undefined && !isList(keep)) {
    throw new ArgumentError(`summary: keep must be a list of names, found ${showValue(keep)}`);
  }
  const { graph, parameters } = trainingGraph({ model, loss, batch }, optimizer, { clipNorm, accumulate });
  for (const name of keep ?? []) if (!find(graph, name)) throw unknownTensor('summary: keep', name, graph);
  const isKept = ({ name }: Node) => (keep ? name === 'losses' || keep.includes(name) : name !== '');
  const ofLayers = new Set(parameters.map(({ node }) => node));
  const gradients = new Set(parameters.map(({ node }) => `d${node.name}`));
  const partOf = (name: string): keyof Omit<StepBytes, 'total'> => {
    if (gradients.has(name)) return 'gradients';
    const node = find(graph, name);
    if (node && (node.op === parameter || ofLayers.has(node))) return 'parameters';
    return node?.op === state && name !== LOSSES ? 'optimizer' : 'activations';
  };
  const sums = { parameters: 0, gradients: 0, optimizer: 0, activations: 0, total: 0 };
  for (const { name, bytes } of schedule(graph, { keep: isKept, storageBuffers: PORTABLE_BUFFERS }).buffers) {
    sums[partOf(name)] += bytes;
    sums.total += bytes;
  }
  return sums;
}
