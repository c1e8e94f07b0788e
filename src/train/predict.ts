/** Predictions for samples. Nothing of the net changes. */
import { NonFiniteError } from '../base/errors.ts';
import type { NamedRows, Rows } from '../base/numbers.ts';
import { toColumns, toSamples } from '../base/tensor.ts';
import { together } from '../base/together.ts';
import type { DataFacts } from '../data/data-facts.ts';
import { isStreamed, room } from '../data/stream-of.ts';
import type { AnyDataset, StreamedDataset } from '../data/streamed.ts';
import type { Engine, Program } from '../engine/engine.ts';
import type { Held } from '../engine/held.ts';
import { stepRow } from '../graph/step-row.ts';
import { checkInputs } from '../nn/demands.ts';
import { features, type Model, outputs } from '../nn/model.ts';
import { isDataset, seen } from './batch.ts';
import { inputsFor } from './dataset-for.ts';
import { remedy } from './evaluate.ts';
import type { Task } from './graphs.ts';
import { wholeSamples } from './named-samples.ts';
import type { NonFiniteOptions } from './non-finite-options.ts';

/** Batches of a prediction queued before the first is waited for. */
const AHEAD = 64;

/** Samples to predict for, some batches at a time. */
export interface Samples {
  readonly count: number;
  /** Samples [n][features], as a net sees them, of so many at a time; those in memory are there at once. */
  parts(most: number): Iterator<Float32Array, void> | AsyncIterator<Float32Array, void>;
}

/** Numbers, bytes of them times the scale of training, or a data set as samples. Throws ShapeError or DataError for numbers that are none of this net. */
export function samplesOf(task: Task, x: Rows | NamedRows | AnyDataset, where: string, data?: DataFacts): Samples {
  if (isDataset(x)) return samplesIn(task.model, inputsFor(task.model, x, where), task.batch);
  const width = features(task.model);
  const values = wholeSamples(task.model, x, where, data);
  checkInputs(task.model, { data: values }, `${where}: x`);
  const count = values.length / width;
  return {
    count,
    *parts(most) {
      for (let at = 0; at < count; at += most) yield values.subarray(at * width, (at + most) * width);
    },
  };
}

/** Bytes of samples that are read ahead, as the floats that a net sees. */
const AHEAD_BYTES = 2 ** 24;

/** The samples of a data set, read ahead in whole batches. Those that are read are checked then, as a model demands. */
export function samplesIn(model: Model, dataset: AnyDataset, batch: number): Samples {
  const { name, count, inputs } = dataset;
  const floats = (stored: ArrayLike<number>): Float32Array => seen(stored, inputs.scale);
  const batches = Math.max(1, Math.floor(AHEAD_BYTES / (4 * inputs.size * batch)));
  const atOnce = (most: number): number => Math.min(most, batches * batch);
  if (!isStreamed(dataset)) {
    const { data, size } = dataset.inputs;
    return {
      count,
      *parts(most) {
        const n = atOnce(most);
        for (let at = 0; at < count; at += n) yield floats(data.subarray(at * size, Math.min(at + n, count) * size));
      },
    };
  }
  async function* parts(most: number): AsyncGenerator<Float32Array, void> {
    const n = atOnce(most);
    let asked = room(new Uint32Array(0), dataset);
    function* requests() {
      for (let at = 0; at < count; at += n) {
        asked = room(
          Uint32Array.from({ length: Math.min(n, count - at) }, (_, i) => at + i),
          dataset,
        );
        yield asked;
      }
    }
    for await (const _ of (dataset as StreamedDataset).read(requests())) {
      checkInputs(model, { data: asked.x, scale: inputs.scale, samples: asked.samples }, `${name}: x`);
      yield floats(asked.x);
    }
  }
  return { count, parts };
}

/**
 * [n][features] -> [n][outputs]; up to 64 batches of samples in memory see the same
 * weights, whatever is queued after the call. Throws
 * NonFiniteError for an output that is no finite number, unless that is allowed.
 */
export async function predictOn(
  engine: Engine,
  program: Program,
  prediction: string,
  { count, parts }: Samples,
  { model, batch }: Task,
  options: NonFiniteOptions,
): Promise<Float32Array> {
  const [inputs, classes] = [features(model), outputs(model)];
  const out = new Float32Array(count * classes);
  const predict = async (x: Float32Array, first: number): Promise<void> => {
    const n = x.length / inputs;
    program.write('x', toColumns(x, inputs, batch));
    out.set(await predicted(engine, program, prediction, { n, first, classes, batch, ...options }), first * classes);
  };
  const all = parts(AHEAD * batch);
  try {
    for (let first = 0; first < count; ) {
      const next = all.next();
      const part = (next instanceof Promise ? await next : next).value!;
      const batches: Promise<void>[] = [];
      for (let at = 0; at < part.length; at += batch * inputs) {
        batches.push(predict(part.subarray(at, at + batch * inputs), first + at / inputs));
      }
      await together(batches);
      first += part.length / inputs;
    }
  } finally {
    await all.return?.();
  }
  return out;
}

/** The same for samples on the device, at most a batch of them. Throws what `Held` does before anything is queued. */
export function predictHeld(
  engine: Engine,
  prediction: string,
  held: Held,
  { model, batch }: Task,
  options: NonFiniteOptions,
) {
  const n = held.samples('predict: x', engine, [...model.input, batch]);
  return (program: Program): Promise<Float32Array> => {
    held.copyTo(program, 'x');
    return predicted(engine, program, prediction, { n, first: 0, classes: outputs(model), batch, ...options });
  };
}

interface Predicted extends NonFiniteOptions {
  readonly n: number;
  readonly first: number;
  readonly classes: number;
  readonly batch: number;
}

/** What a program predicts for the n samples in its x, of which `first` is the first. */
async function predicted(
  engine: Engine,
  program: Program,
  prediction: string,
  { n, first, classes, batch, allowNonFinite }: Predicted,
): Promise<Float32Array> {
  engine.run([{ programs: [program], rows: [stepRow({ columns: n })] }]);
  const values = toSamples(await program.read(prediction), classes, batch, n);
  const bad = allowNonFinite ? -1 : values.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return values;
  const place = `output ${bad % classes} of sample ${first + Math.floor(bad / classes)}`;
  throw new NonFiniteError(`predict: ${place} is ${values[bad]}. ${remedy}`);
}
