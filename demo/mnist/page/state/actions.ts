/** What the page can ask for: nets, training, and other settings. */
import { batch } from '@preact/signals';
import { proxy } from 'comlink';
import { type Config, fromHash, isChoice, toHash, usualOnCpu } from '../../config.ts';
import { keyOf } from '../../lab/kept.ts';
import type { DataSummary, KeptRun } from '../../lab/protocol.ts';
import { settingsOf } from '../tabs/open-tab.ts';
import { keepAddress } from './address.ts';
import { ask, lab } from './ask.ts';
import { goingOn, hear } from './hear.ts';
import { keepBeforeLeaving, keepSoon } from './keep.ts';
import {
  config,
  download,
  fail,
  forget,
  forgive,
  isReady,
  loss,
  machine,
  prepared,
  rateSince,
  status,
  stepNow,
} from './signals.ts';

let begun: Promise<void> | undefined;
/** Opens the device and makes the first net, once. */
export const begin = (): Promise<void> => {
  begun ??= first();
  return begun;
};

async function first(): Promise<void> {
  const isChosen = awaited !== undefined || isChoice(settingsOf('digits'));
  const atFirst = config.value;
  keepAddress(adopt);
  machine.value = await ask(() => lab.open(proxy(hear)));
  if (!machine.value) {
    status.value = 'failed';
    return;
  }
  const isStill = !isChosen && config.value === atFirst;
  if (machine.value.kind === 'cpu' && isStill) config.value = usualOnCpu;
  await prepare(awaitedNow() || true);
}

/** Counts the nets, and which of them is there. */
let asked = 0;
let made = 0;

/** The net, by its key, that was to go on with a run that is kept, and has not come yet. */
let awaited: { readonly key: string; readonly restore: true | string } | undefined;

const awaitedNow = () => (awaited?.key === keyOf(config.value) ? awaited.restore : false);

/**
 * A net for the configuration as it is now: fresh, or of a run that is kept, the last one or the one of this id. One that did
 * not come stays to be asked for: only the reset of a net that is there begins another run.
 */
export async function prepare(restore: boolean | string = awaitedNow()): Promise<void> {
  const mine = ++asked;
  const key = keyOf(config.value);
  if (restore !== false) awaited = { key, restore };
  cancelled = false;
  if (made === mine - 1) keepBeforeLeaving();
  batch(() => {
    forgive();
    forget();
  });
  try {
    if (status.value === 'lost' || !machine.value) machine.value = await lab.open(proxy(hear));
    const found = await lab.prepare(config.value, restore);
    if (mine === asked) {
      made = mine;
      if (awaited?.key === key) awaited = undefined;
      prepared.value = found;
    }
  } catch (error) {
    if (mine === asked && !isCancelled(error)) fail(error);
  } finally {
    if (mine === asked) download.value = undefined;
  }
}

/** Whether the net of now can be worked with; the lab may not have said yet that it works on another. */
const isThere = (): boolean => isReady.value && made === asked;

/** Changes the configuration. The learning rate takes effect at once; everything else makes a fresh net. */
export async function configure(change: Partial<Config>): Promise<void> {
  await adopt({ ...config.value, ...change });
}

async function adopt(next: Config): Promise<void> {
  const before = config.value;
  if (toHash(next) === toHash(before)) return;
  config.value = next;
  if (!machine.value) return; // `begin` makes a net of it
  const sameNet = toHash({ ...next, learningRate: before.learningRate }) === toHash(before);
  if (sameNet && status.value === 'lost') return; // `recover` gives it to the net that comes
  if (sameNet && isThere()) {
    rateSince.value = stepNow.value;
    await ask(() => lab.setLearningRate(next.learningRate));
    keepSoon(true);
  } else await prepare();
}

/** Goes on with a run that is kept, with its settings; where its weights are not kept, a new run begins with them. */
export async function openRun({ id, settings }: Pick<KeptRun, 'id' | 'settings'>): Promise<void> {
  config.value = fromHash(settings);
  awaited = { key: keyOf(config.value), restore: id };
  if (machine.value) await prepare();
  else await begin();
}

export const start = () => ask(() => lab.start());
export const pause = () => ask(() => lab.pause());
export const step = () => ask(() => lab.step());
/** Draws new weights. Without a net, it tries again to make one. */
export const reset = () => (isThere() ? prepare(false) : prepare());

let cancelled = false;
/** Gives up the net that is being prepared. */
export async function cancel(): Promise<void> {
  cancelled = true;
  await ask(() => lab.cancel());
}
/** Whether a net was given up by the visitor, which is no problem to be shown. */
const isCancelled = (error: unknown): boolean => cancelled && (error as Error).name === 'StateError';

/** Trains on MNIST from files of the visitor's. */
export async function useFiles(files: readonly File[]): Promise<DataSummary | undefined> {
  const summary = await ask(() => lab.useFiles([...files]));
  if (!summary) return undefined;
  config.value = { ...config.value, data: 'mnist' };
  await prepare();
  return summary;
}

/** Goes on after the device was lost, from the step and with the weights that are left. */
export async function recover(): Promise<void> {
  const isHeld = loss.value?.held !== undefined;
  if (isHeld) awaited = { key: keyOf(config.value), restore: true };
  forgive();
  const found = await goingOn(isHeld, () => ask(() => lab.recover()));
  machine.value = found?.machine;
  if (!found) status.value = 'failed';
  else if (!found.prepared) await prepare();
  else {
    awaited = undefined;
    prepared.value = found.prepared;
    await ask(() => lab.setLearningRate(config.value.learningRate));
  }
}
