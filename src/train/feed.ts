/** Feeds batches of data sets to the programs of a net. A data set that fits is kept on the device, another is streamed. */
import { DataError } from '../base/errors.ts';
import { copyOf, isKnown } from '../data/checked-dataset.ts';
import type { Dataset, Field } from '../data/dataset.ts';
import { fieldsOf, mapFields } from '../data/fields.ts';
import { identityOf, sameDataset, sameFields } from '../data/identity.ts';
import { bytesIn, bytesOfFields, isStreamed, streamOf, typeOf } from '../data/stream-of.ts';
import type { AnyDataset, StreamedDataset, StreamedField } from '../data/streamed.ts';
import type { Engine, Program } from '../engine/engine.ts';
import type { Graph } from '../graph/graph.ts';
import { batch as batchLeaf, data } from '../graph/leaf.ts';
import type { Data } from '../graph/op.ts';
import type { Augmentation } from './augmentation.ts';
import { type Batches, batchesInWindow, type Run, readWhole, residentBatches, windowedBatches } from './batches.ts';
import { datasetFor } from './dataset-for.ts';
import { feedGraph, type Task } from './graphs.ts';

export interface Feed {
  /** Writes x and y of the batch that the step row names. */
  readonly program: Program;
  readonly dataset: AnyDataset;
  /** Whether the device holds only some of its batches at a time: those of one run. */
  readonly isWindowed: boolean;
  batches(run: Run): Batches;
  /** What the program holds of the data set, by name; only where steps are compared with it. */
  held(): ReadonlyMap<string, Data>;
}

export interface FeedOptions {
  readonly augmentation?: Augmentation;
  /** Bytes of a data set that is kept on the device. */
  readonly maxBytes?: number;
}

/** Data sets that a net keeps on its device; beyond that, the least recently used one goes. */
const KEPT = 4;

/** Bytes of a data set that is kept, where nobody says otherwise. */
const MOST = 2 ** 30;

/** A data set and its feeds. Where it is resident they share its samples: those that the first one holds. */
interface Kept {
  readonly dataset: AnyDataset;
  /** Batches on the device at a time; undefined for a resident one. */
  readonly window?: number;
  /** A copy of the samples: of a resident one for its first feed and for comparisons, of a streamed one made by hand. */
  numbers?: Promise<Dataset>;
  readonly feeds: { program: Program; readonly augmentation: string; readonly feed: Promise<Feed> }[];
  /** Calls that work on it: it stays for them. */
  users: number;
}

/**
 * Feeds of the programs of a net, made once per data set, program, and what is done to its images. A resident data set has a
 * copy of the samples, so that nothing written to the arrays later, were it during the call, reaches a net unseen.
 */
export function feeds(engine: Engine, task: Task, { checked = false } = {}) {
  const kept: Kept[] = [];
  const remove = (entry: Kept): void => {
    if (kept.includes(entry)) kept.splice(kept.indexOf(entry), 1);
  };
  const release = (entry: Kept): void => {
    remove(entry);
    for (const { feed } of entry.feeds) feed.then(({ program }) => program.destroy()).catch(() => {});
  };
  const entryOf = (dataset: AnyDataset, maxBytes: number): Kept => {
    const window = isResident(engine, dataset, maxBytes)
      ? undefined
      : batchesInWindow(dataset, task.batch, maxBytes, engine.largest);
    const known = kept.find((entry) => entry.window === window && sameNumbers(entry.dataset, dataset));
    const isCopied = window === undefined || !(isStreamed(dataset) || isKnown(dataset));
    const numbers = known || !isCopied ? undefined : numbersOf(dataset, task);
    const entry: Kept = known ?? { dataset, window, numbers, feeds: [], users: 0 };
    entry.numbers?.catch(() => {}); // whoever makes a feed of them is told
    remove(entry);
    kept.push(entry); // in order of use
    return entry;
  };
  const feedIn = (entry: Kept, program: Program, augmentation?: Augmentation): Promise<Feed> => {
    const key = JSON.stringify(augmentation ?? null);
    const known = entry.feeds.find((other) => other.program === program && other.augmentation === key);
    if (known) return known.feed;
    const owner = entry.feeds[0]?.feed;
    const made =
      entry.window === undefined
        ? residentFeed(engine, task, entry, program, { augmentation, owner, checked })
        : streamedFeed(engine, task, entry, program, { augmentation, checked });
    const one = { program, augmentation: key, feed: made };
    entry.feeds.push(one);
    made.catch(() => {
      entry.feeds.splice(entry.feeds.indexOf(one), 1);
      if (entry.feeds.length === 0) remove(entry);
    });
    return made;
  };
  /** For a program that is gone. The samples stay for the other feeds of a data set, if there are any. */
  const forget = async (program: Program): Promise<void> => {
    for (const entry of [...kept]) {
      const gone = entry.feeds.find((feed) => feed.program === program);
      if (!gone) continue;
      entry.feeds.splice(entry.feeds.indexOf(gone), 1);
      const [heir] = entry.feeds;
      if (!heir) remove(entry);
      (await gone.feed).program.destroy((await heir?.feed)?.program);
    }
  };
  return {
    /** Works with a feed. Throws DataError where the device cannot bind the samples of one batch. */
    async use<T>(
      dataset: AnyDataset,
      program: Program,
      { augmentation, maxBytes = MOST }: FeedOptions,
      work: (feed: Feed) => Promise<T>,
    ): Promise<T> {
      const entry = entryOf(dataset, maxBytes);
      entry.users++;
      try {
        const unused = kept.find(({ users }) => users === 0);
        if (kept.length > KEPT && unused) release(unused);
        return await work({ ...(await feedIn(entry, program, augmentation)), dataset });
      } finally {
        entry.users--;
      }
    },
    /** For a program that another takes the place of, with its tensors. Feeds that write all that the other needs become its. */
    async replaced(program: Program, by: Program): Promise<void> {
      if (`${batchIn(program.graph)}` !== `${batchIn(by.graph)}`) return forget(program);
      for (const feed of kept.flatMap(({ feeds }) => feeds)) if (feed.program === program) feed.program = by;
    },
    forget,
  };
}
export type Feeds = ReturnType<typeof feeds>;

/** A source that gives its samples in an order of its own may give others in the next pass. */
function isResident(engine: Engine, dataset: AnyDataset, maxBytes: number): boolean {
  if (isStreamed(dataset) && !dataset.shuffles) return false;
  const bytes = bytesOfFields(dataset, dataset.count);
  return bytes.reduce((sum, n) => sum + n, 0) <= maxBytes && Math.max(...bytes) <= engine.largest;
}

/** One that the library did not make may have changed since: its digest is of what it held when its samples were copied. */
function sameNumbers(kept: AnyDataset, dataset: AnyDataset): boolean {
  if (isStreamed(kept) || isStreamed(dataset)) return kept === dataset;
  if (isKnown(dataset) || isKnown(kept)) return sameFields(kept, dataset);
  return sameDataset(kept, dataset);
}

/** A copy of all samples, made before anything is awaited where they are in memory, and so together with the digest. */
async function numbersOf(dataset: AnyDataset, task: Task): Promise<Dataset> {
  if (isStreamed(dataset)) return read(dataset, task);
  if (!isKnown(dataset)) identityOf(dataset);
  return datasetFor(task, { ...dataset, ...mapFields(dataset, copyOf) }, 'data set');
}

async function read(dataset: StreamedDataset, task: Task): Promise<Dataset> {
  const request = await readWhole(dataset, task);
  const field = ({ kind, size, scale, parts }: StreamedField, data: Uint8Array | Float32Array): Field => ({
    ...{ kind, size, scale, data },
    ...(parts && { parts }),
  });
  const { name, count, shape, inputs, targets, sampleWeights } = dataset;
  const weights = sampleWeights && { sampleWeights: field(sampleWeights, request.w!) };
  return { name, count, shape, inputs: field(inputs, request.x), targets: field(targets, request.y), ...weights };
}

/** The tensors of a feed that hold samples. */
const samplesIn = ({ nodes }: Graph): string[] => nodes.filter(({ op }) => op === data).map(({ name }) => name);

/** The tensors of a program that a feed writes. */
const batchIn = ({ nodes }: Graph): string[] => nodes.filter(({ op }) => op === batchLeaf).map(({ name }) => name);

/** The feed of a data set for a program, with so many samples on the device. */
function graphFor(
  { model, batch }: Task,
  { inputs, targets, sampleWeights }: AnyDataset,
  count: number,
  { graph }: Program,
  augmentation?: Augmentation,
): Graph {
  const weighted = batchIn(graph).includes('w');
  return feedGraph({ inputs, targets, sampleWeights, count }, batch, augmentation, { model, weighted });
}

async function residentFeed(
  engine: Engine,
  task: Task,
  entry: Kept,
  program: Program,
  { augmentation, owner, checked }: { augmentation?: Augmentation; owner?: Promise<Feed>; checked: boolean },
): Promise<Feed> {
  const { dataset } = entry;
  const holder = (await owner)?.program;
  const graph = graphFor(task, dataset, dataset.count, program, augmentation);
  const [written, samples] = [batchIn(program.graph), samplesIn(graph)];
  const shared = [{ program, names: written }, ...(holder ? [{ program: holder, names: samples }] : [])];
  const held = new Map<string, Data>();
  if (!holder || checked) {
    const numbers = await entry.numbers!;
    for (const [letter, { data }] of fieldsOf(numbers)) {
      if (samples.includes(`${letter}Data`)) held.set(`${letter}Data`, data);
    }
    if (!checked) entry.numbers = undefined; // on the device from now on
  }
  const feed = await engine.program(graph, { keep: ({ name }) => written.includes(name), shared });
  try {
    if (!holder) for (const [name, data] of held) feed.write(name, data);
    await engine.settled(); // a feed is kept: one whose samples the device refused would be of zeros from then on
  } catch (error) {
    feed.destroy();
    throw error;
  }
  if (!checked) held.clear();
  const batches = (run: Run): Batches => residentBatches(dataset, task.batch, run);
  return { program: feed, dataset, isWindowed: false, batches, held: () => held };
}

async function streamedFeed(
  engine: Engine,
  task: Task,
  { dataset, window, numbers }: Kept,
  program: Program,
  { augmentation, checked }: { augmentation?: Augmentation; checked: boolean },
): Promise<Feed> {
  const { batch } = task;
  const stream = isStreamed(dataset) ? dataset : streamOf((await numbers) ?? dataset);
  const samples = window! * batch;
  demandBindable(engine, dataset, samples);
  const graph = graphFor(task, stream, samples, program, augmentation);
  const names = batchIn(program.graph);
  const feed = await engine.program(graph, { keep: ({ name }) => names.includes(name), shared: [{ program, names }] });
  let held: ReadonlyMap<string, Data> = new Map();
  const wrote = (tensors: ReadonlyMap<string, Data>): void => {
    if (checked) held = tensors;
  };
  const batches = (run: Run): Batches => windowedBatches(stream, feed, task, window!, run, wrote);
  return { program: feed, dataset, isWindowed: true, batches, held: () => held };
}

function demandBindable({ largest, name: device }: Engine, dataset: AnyDataset, samples: number): void {
  const { name } = dataset;
  for (const [what, field] of fieldsOf(dataset)) {
    const bytes = bytesIn(field, samples);
    if (bytes <= largest) continue;
    const bytesOf = typeOf(field) === 'float32' ? '; store bytes instead of floats, or train' : '; train';
    throw new DataError(
      `${name}: ${what} of one batch needs ${bytes} bytes, but at most ${largest} can be bound on ${device}${bytesOf} with smaller batches`,
    );
  }
}
