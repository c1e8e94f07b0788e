/** The nets of an experiment, trained by turns and looked at. It runs in the worker of the page. */
import { compile, type Dataset, NonFiniteError, StateError, type Trainer } from 'retrograd';
import { Hardware } from '../hardware.ts';
import type { Machine } from '../protocol.ts';
import { createQueue } from '../queue.ts';
import type { Experiment, SideNet, Values } from './experiment.ts';
import type { Begun, ExperimentsLab, News } from './experiments-protocol.ts';
import { experimentOf } from './table.ts';
import { tools } from './tools.ts';

/** One of the nets of an experiment. */
interface Run {
  readonly net: Trainer;
  readonly train: Dataset;
  readonly fit: SideNet['fit'];
  readonly look: () => Promise<Values>;
  isStopped: boolean;
}

export function createExperiments(): ExperimentsLab {
  const hardware = new Hardware(() => {});
  const inTurn = createQueue();
  let machine: Machine | undefined;
  let runs: readonly Run[] = [];
  let shown: Experiment | undefined;

  async function prepare(id: string, seed: number): Promise<Begun> {
    if (!machine || !hardware.isThere) machine = await hardware.open();
    for (const { net } of runs) net.destroy();
    [runs, shown] = [[], experimentOf(id)];
    const { sides, data, looking, landscape } = shown;
    const samples = data(tools, seed);
    for (const side of sides) {
      const { model, options, fit } = side.net(tools, samples);
      // Kernels so small have nothing to choose.
      const net = await compile(model, { ...options, seed, device: hardware.target, tune: 'off' });
      const run = { net, fit, train: samples.train, look: async () => ({}), isStopped: false };
      runs = [...runs, run];
      Object.assign(run, { look: await looking(tools, net, samples, options) });
    }
    const news = await each(lookAt);
    return { machine, news, ...(landscape && { landscape: await landscape(tools, samples, hardware.target) }) };
  }

  async function advance(): Promise<(News | undefined)[]> {
    if (!shown) throw new StateError('there is no experiment yet');
    const { every } = shown;
    return each((run) => (run.isStopped ? undefined : trainOn(run, every)));
  }

  /** One net after the other. */
  async function each<T>(work: (run: Run) => T | Promise<T>): Promise<T[]> {
    const found: T[] = [];
    for (const run of runs) found.push(await work(run));
    return found;
  }

  return {
    prepare: (id, seed) => inTurn(() => prepare(id, seed)),
    advance: () => inTurn(advance),
  };
}

const lookAt = async ({ net, look }: Run): Promise<News> => ({ look: { step: net.steps, values: await look() } });

/** A net whose numbers are not finite any more stops; the others go on. */
async function trainOn(run: Run, steps: number): Promise<News> {
  try {
    await run.net.fit(run.train, { steps, ...run.fit });
    return await lookAt(run);
  } catch (error) {
    if (!(error instanceof NonFiniteError)) throw error;
    run.isStopped = true;
    const { name, message, step, layer, tensor } = error;
    return { stopped: { name, message, step, layer, tensor } };
  }
}
