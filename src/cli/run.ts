/** How train, eval and check start: they open data and device, compile a model, and describe all three. */
import { printable } from '../base/show-value.ts';
import { type DatasetPair, statistics } from '../data.node.ts';
import {
  type CompileOptions,
  compile,
  type Device,
  type DeviceInfo,
  type Model,
  NoAdapterError,
  openDevice,
  type Trainer,
} from '../index.node.ts';
import { countParameters, describeModel } from '../nn/model.ts';
import { hasClasses } from '../train/evaluate.ts';
import type { Task } from '../train/graphs.ts';
import { type DataFlags, standardizes } from './data-options.ts';
import { checkBatch, isWhole, openData, type SavedData } from './dataset.ts';
import { type HeldOut, holdOut } from './held-out.ts';
import {
  baseRate,
  checkLoss,
  checkModel,
  lossFlag,
  lossOf,
  type ModelFlags,
  modelOf,
  usualLoss,
} from './model-options.ts';
import type { DeviceName, RunFlags, TrainedFlags } from './options.ts';
import { integer, type Output, short } from './output.ts';

export interface Run {
  /** Without the samples that are held out. */
  readonly data: DatasetPair & Partial<HeldOut>;
  readonly device: Device | 'cpu';
  readonly model: Model;
  /** What the loss is called: by its flag, or by its function where a file says it. */
  readonly loss: string;
  /** Whether there are classes that an output is right or wrong about. */
  readonly hasAccuracy: boolean;
  readonly net: Trainer;
}

/** How a net is compiled, beside what the flags of a run say. */
export type RunOptions = Omit<CompileOptions, 'device' | 'batch' | 'seed' | 'loss'>;

/** What a file of a net says. */
export interface Saved {
  /** A model, with the loss that it was trained on: flags do not say them then. */
  readonly net?: Pick<Task, 'model' | 'loss'>;
  readonly data: SavedData;
}

/** Opens everything, hands it to `work` and closes it again, whatever happens. */
export async function withRun<T>(
  flags: RunFlags,
  options: RunOptions | ((data: DatasetPair) => RunOptions),
  output: Output,
  work: (run: Run) => Promise<T>,
  saved?: Saved,
): Promise<T> {
  const { seed } = flags;
  checkModel(flags);
  checkLoss(flags);
  const whole = await openData(flags, output, saved?.data);
  const data = flags.validation === undefined ? whole : holdOut(whole, flags.validation, seed);
  // A net that only evaluates takes what there is.
  const batch = saved?.net ? Math.min(flags.batch, data.test.count) : flags.batch;
  checkBatch(batch, data);
  const given = typeof options === 'function' ? options(data) : options;
  const device = await chooseDevice(flags.device, output);
  try {
    const { model, loss, lossName } = saved?.net
      ? { ...saved.net, lossName: lossFlag(saved.net.loss.name) }
      : await netOf(flags, data);
    const net = await compile(model, { ...given, device, batch, seed, loss });
    try {
      return await work({ data, device, model, loss: lossName, hasAccuracy: hasClasses(data.train, loss), net });
    } finally {
      net.destroy();
    }
  } finally {
    if (device !== 'cpu') device.destroy();
  }
}

/** What the flags say of the net, for this data. */
export async function netOf(flags: ModelFlags & DataFlags, { train }: DatasetPair) {
  const loss = flags.loss ?? usualLoss(train.targets);
  const first = standardizes(flags) ? statistics(train) : undefined;
  return {
    model: modelOf({ ...flags, loss }, train.shape, train.targets, first),
    loss: await lossOf({ ...flags, loss }),
    lossName: loss,
  };
}

/** Throws NoAdapterError where there is no GPU, unless the reference may stand in for it. */
export async function chooseDevice(wanted: DeviceName, { warn }: Output): Promise<Device | 'cpu'> {
  if (wanted === 'cpu') return 'cpu';
  try {
    return await openDevice();
  } catch (error) {
    if (wanted === 'gpu' || !(error instanceof NoAdapterError)) throw error;
    warn(`${error.message}\nUsing the CPU reference instead, which is slow.\n`);
    return 'cpu';
  }
}

/** Device, data and model as fields of an event. */
export function facts({ data, device, model }: Run, { seed, batch }: RunFlags) {
  const info = device === 'cpu' ? undefined : device.info;
  return {
    device: info ? 'gpu' : 'cpu',
    adapter: info?.name ?? null,
    software: info?.software ?? true,
    data: nameOf(data),
    source: data.source,
    trainSamples: isWhole(data) ? null : data.train.count,
    validationSamples: data.validation?.count ?? null,
    testSamples: data.test.count,
    model: describeModel(model),
    parameters: countParameters(model),
    batch,
    seed,
  };
}

/** The same for people, a line each. */
export function introduce({ data, device, model, loss }: Run, flags: RunFlags, { say }: Output): void {
  const held = data.validation ? `${integer(data.validation.count)} of them held out for validation, ` : '';
  const trained = integer(data.train.count + (data.validation?.count ?? 0));
  const tested = integer(data.test.count);
  const samples = isWhole(data)
    ? `${tested} samples, all to test on`
    : `${trained} samples to train on, ${held}${tested} to test on`;
  say(`device      ${device === 'cpu' ? 'CPU reference' : describeAdapter(device.info)}`);
  say(`data        ${nameOf(data)} (${printable(data.source)}): ${samples}`);
  say(
    `model       ${describeModel(model)}: ${integer(countParameters(model))} parameters, ${loss}, seed ${flags.seed}`,
  );
}

export const describeAdapter = ({ name, software }: DeviceInfo): string =>
  software ? `${name} (software, no GPU)` : name;

/** 'adam, learning rate 0.001, batches of 100': of a schedule the rate that it is made from. */
export const describeTraining = (flags: TrainedFlags, rate = baseRate(flags)): string =>
  `${flags.optimizer}, learning rate ${short(rate)}, batches of ${flags.batch}`;

const nameOf = ({ train }: DatasetPair): string => printable(train.name.replace(/ train$/, ''));
