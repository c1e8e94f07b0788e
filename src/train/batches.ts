/** The batches of a run: of a data set that is on the device, or of one that comes there in windows. */
import { permute } from '../base/random.ts';
import { checkWeights } from '../data/checked-dataset.ts';
import { fieldsOf } from '../data/fields.ts';
import { bytesIn, room } from '../data/stream-of.ts';
import type { AnyDataset, Request, StreamedDataset } from '../data/streamed.ts';
import { unlessAborted } from '../engine/compile-progress.ts';
import type { Program } from '../engine/engine.ts';
import type { Data } from '../graph/op.ts';
import type { StepRow } from '../graph/step-row.ts';
import { checkInputs } from '../nn/demands.ts';
import { targetsOf } from '../nn/losses/loss.ts';
import { checkNamedTargets, checkTargets } from './batch.ts';
import type { Task } from './graphs.ts';

/** The steps of a run, counted from the beginning of an epoch. */
export interface Run {
  readonly first: number;
  readonly last: number;
  /** Key of the shuffle of epoch 0, 1, ... of the run; undefined for samples in their own order. */
  keyOf(epoch: number): number | undefined;
}

export interface Batches {
  /** How many steps, from this one on, find their samples on the device. */
  ready(step: number): number | Promise<number>;
  /** Where they are for a step that is ready. */
  row(step: number): Partial<BatchRow> & Pick<BatchRow, 'columns'>;
  /** Ends what is being read. What goes wrong with that is nobody's any more. */
  close(signal?: AbortSignal): Promise<void>;
}

type BatchRow = Pick<StepRow, 'start' | 'count' | 'columns' | 'key' | 'shuffled' | 'place'>;

/** Which samples batch number i of an epoch holds; the last one may be ragged. */
export function batchRow(
  { count }: AnyDataset,
  batch: number,
  i: number,
): Pick<StepRow, 'start' | 'count' | 'columns'> {
  return { start: i * batch, count, columns: Math.min(batch, count - i * batch) };
}

export const stepsIn = ({ count }: AnyDataset, batch: number): number => Math.ceil(count / batch);

export const residentBatches = (dataset: AnyDataset, batch: number, run: Run): Batches => ({
  ready: () => Number.POSITIVE_INFINITY,
  row: (step) => orderOf(dataset, batch, run, step),
  close: async () => {},
});

/** Which samples a step takes. */
function orderOf(dataset: AnyDataset, batch: number, { keyOf }: Run, step: number): Omit<BatchRow, 'place'> {
  const perEpoch = stepsIn(dataset, batch);
  const key = keyOf(Math.floor(step / perEpoch));
  return { ...batchRow(dataset, batch, step % perEpoch), key: key ?? 0, shuffled: Number(key !== undefined) };
}

/** A window has so many bytes, or so many batches: enough for many steps, few beside what else there is. */
const WINDOW_BYTES = 2 ** 22;
const WINDOW_BATCHES = 8;

/** Batches in a window: one at least, an epoch at most, and no more than fit into a buffer of `largest` bytes. */
export function batchesInWindow(dataset: AnyDataset, batch: number, maxBytes: number, largest: number): number {
  const fields = fieldsOf(dataset).map(([, field]) => bytesIn(field, batch));
  const bytes = fields.reduce((sum, n) => sum + n, 0);
  const wanted = Math.min(Math.max(WINDOW_BYTES, WINDOW_BATCHES * bytes), maxBytes);
  const most = Math.min(Math.floor(wanted / bytes), Math.floor(largest / Math.max(...fields)));
  return Math.min(Math.max(1, most), stepsIn(dataset, batch));
}

interface Window extends Request {
  /** Its steps. */
  readonly from: number;
  readonly to: number;
}

/**
 * One window of batches is on the device, in the order of the steps that take them. The next one is read meanwhile, and
 * written behind the last step of the one before. A window has `capacity` batches; `wrote` sees each as it is written.
 */
export function windowedBatches(
  dataset: StreamedDataset,
  program: Program,
  task: Task,
  capacity: number,
  run: Run,
  wrote: (tensors: ReadonlyMap<string, Data>) => void,
): Batches {
  const { batch } = task;
  const windows = windowsOf(dataset, batch, capacity, run);
  let current: Pick<Window, 'from' | 'to'> = { from: run.first, to: run.first };
  let next: Promise<IteratorResult<Window, void>> | undefined;
  const advance = async (step: number): Promise<number> => {
    const { value: window } = await (next ?? windows.next());
    if (!window || window.from !== step) throw new Error(`step ${step} is not the next one of its run`);
    checkRead(dataset, task, window);
    const tensors = new Map(fieldsOf(dataset).map(([letter]): [string, Data] => [`${letter}Data`, window[letter]!]));
    for (const [name, data] of tensors) program.write(name, data);
    wrote(tensors);
    current = window;
    next = windows.next();
    next.catch(() => {}); // whoever asks for it is told
    return window.to - step;
  };
  return {
    ready: (step) => (step < current.to ? current.to - step : advance(step)),
    row: (step) => ({ ...orderOf(dataset, batch, run, step), place: (step - current.from) * batch }),
    // A source that never answers is not waited for once the run was given up.
    close: (signal) =>
      unlessAborted(
        Promise.resolve(next).then(() => windows.return()),
        signal,
      ).then(
        () => {},
        () => {},
      ),
  };
}

/** All samples in their own order, read in parts of the size of a window. Throws as reading them does, or `checkRead`. */
export async function readWhole(dataset: StreamedDataset, task: Task): Promise<Request> {
  const all = room(
    Uint32Array.from({ length: dataset.count }, (_, i) => i),
    dataset,
  );
  const samples = task.batch * batchesInWindow(dataset, task.batch, WINDOW_BYTES, Number.POSITIVE_INFINITY);
  let asked = all;
  function* requests(): Generator<Request> {
    for (let first = 0; first < dataset.count; first += samples) {
      asked = part(all, Math.min(samples, dataset.count - first), first);
      yield asked;
    }
  }
  for await (const _ of dataset.read(requests())) checkRead(dataset, task, asked);
  return all;
}

/** The windows of a run one after another, in two pieces of memory by turns. Each epoch is a pass over the data set. */
async function* windowsOf(
  dataset: StreamedDataset,
  batch: number,
  capacity: number,
  { first, last, keyOf }: Run,
): AsyncGenerator<Window, void> {
  const perEpoch = stepsIn(dataset, batch);
  const samples = Math.min(capacity * batch, dataset.count);
  const memory = [0, 1].map(() => room(new Uint32Array(samples), dataset));
  let made = 0;
  for (let from = first; from < last; ) {
    const epoch = Math.floor(from / perEpoch);
    const end = Math.min((epoch + 1) * perEpoch, last);
    const key = keyOf(epoch);
    let window: Window;
    function* requests(): Generator<Window> {
      while (from < end) {
        const to = Math.min(from + capacity, end);
        const [start, stop] = [from, to].map((step) => Math.min((step - epoch * perEpoch) * batch, dataset.count));
        window = { from, to, ...part(memory[made++ % 2], stop - start) };
        for (let i = start; i < stop; i++) {
          window.samples[i - start] = key === undefined ? i : permute(i, dataset.count, key);
        }
        from = to;
        yield window;
      }
    }
    for await (const _ of dataset.read(requests())) yield window!;
  }
}

/** Some samples of a piece of memory. */
function part({ samples, x, y, w }: Request, count: number, first = 0): Request {
  const cut = <T extends Request['x'] | Uint32Array>(all: T): T =>
    all.subarray((all.length / samples.length) * first, (all.length / samples.length) * (first + count)) as T;
  return { samples: cut(samples), x: cut(x), y: cut(y), ...(w && { w: cut(w) }) };
}

/** Throws DataError for inputs that a layer cannot take, targets that the loss does not take, and weights that are none. */
function checkRead(
  { name, inputs, targets }: StreamedDataset,
  { model, loss }: Task,
  { samples, x, y, w }: Request,
): void {
  checkInputs(model, { data: x, scale: inputs.scale, samples }, `${name}: x`);
  if (w) checkWeights(w, `${name}: sampleWeights`, samples);
  if (loss.heads) checkNamedTargets(loss, targets, y, name, samples);
  if (targets.kind === 'labels' || !targetsOf(loss)) return;
  const { size, scale } = targets;
  checkTargets(loss, scale === 1 ? y : Float32Array.from(y, (value) => value * scale), size, `${name}: y`, samples);
}
