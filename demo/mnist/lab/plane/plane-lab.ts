/** A net on points of the plane, step by step, and everything that can be seen of it. It runs in the worker of the page. */
import { transfer } from 'comlink';
import {
  compile,
  type Dataset,
  type Device,
  dense,
  meanSquared,
  type Observer,
  observe,
  StateError,
  sequential,
  sigmoidCrossEntropy,
  type Tensor,
  type Trainer,
} from 'retrograd';
import { fromArrays } from 'retrograd/data';
import { activations, optimizers } from '../choices.ts';
import { Hardware } from '../hardware.ts';
import type { Machine } from '../protocol.ts';
import { createQueue } from '../queue.ts';
import { inputsOf } from './features.ts';
import { grid } from './grid.ts';
import {
  type Frame,
  isRegression,
  type LayerNow,
  MOST_POINTS,
  type PlaneLab,
  type PlanePoint,
  type PlanePoints,
  type PlaneSettings,
} from './plane-protocol.ts';
import { pointsOf } from './points.ts';
import { scoreOf } from './score.ts';

/** A net with the points that it works on. */
interface Work {
  readonly settings: PlaneSettings;
  readonly net: Trainer;
  readonly points: PlanePoints;
  /** What it trains on; undefined where there are no points. */
  readonly dataset: Dataset | undefined;
  readonly observer: Observer;
}

export function createPlane(): PlaneLab {
  const hardware = new Hardware(() => {});
  const inTurn = createQueue();
  let machine: Machine | undefined;
  let work: Work | undefined;

  const current = (): Work => {
    if (!work) throw new StateError('there is no network yet');
    return work;
  };

  async function look({ settings, net, points, observer }: Work): Promise<Frame> {
    const found = await observer.read();
    const layers = layersOf(settings).map(
      ({ output, W, b }): LayerNow => ({ values: found[output], W: found[W], b: found[b] }),
    );
    const outputs = layers[layers.length - 1].values.data;
    const frame = { step: net.steps, layers, ...scoresOf(settings, points, outputs) };
    return transfer(frame, [...new Set(Object.values(found).map(({ data }) => data.buffer as ArrayBuffer))]);
  }

  async function prepare(settings: PlaneSettings, own: readonly PlanePoint[]) {
    if (!machine || !hardware.isThere) machine = await hardware.open();
    work?.net.destroy();
    work = undefined;
    const net = await compileNet(settings, hardware.target);
    work = await workOn(settings, net, pointsOf(settings, own));
    return { points: work.points, machine, frame: await look(work) };
  }

  async function paint(own: readonly PlanePoint[]) {
    const { settings, net, observer } = current();
    observer.destroy();
    work = await workOn(settings, net, pointsOf(settings, own));
    return { points: work.points, frame: await look(work) };
  }

  async function advance(steps: number): Promise<Frame> {
    const now = current();
    if (!now.dataset) throw new StateError('there are no points to train on');
    await now.net.fit(now.dataset, { steps });
    return look(now);
  }

  async function inspect(point: PlanePoint): Promise<Record<string, Tensor>> {
    const { settings, net } = current();
    return net.tensors(inputsOf(settings.features, [point]), [[point.y]]);
  }

  return {
    prepare: (settings, own) => inTurn(() => prepare(settings, own)),
    paint: (own) => inTurn(() => paint(own)),
    advance: (steps) => inTurn(() => advance(steps)),
    inspect: (point) => inTurn(() => inspect(point)),
    async setLearningRate(learningRate) {
      current().net.learningRate = learningRate;
    },
  };
}

/** Names of the tensors of each layer, the output last. */
function layersOf({ hidden, activation }: PlaneSettings) {
  const output = (number: number): string => {
    if (number > hidden.length) return 'prediction';
    return activation === 'linear' ? `z${number}` : `a${number}`; // a = z has no tensor of its own
  };
  return [...hidden, 1].map((_, i) => ({ output: output(i + 1), W: `W${i + 1}`, b: `b${i + 1}` }));
}

function compileNet(settings: PlaneSettings, device: Device | 'cpu'): Promise<Trainer> {
  const { features, hidden, activation, data, optimizer, learningRate, penalty, strength, batch, seed } = settings;
  const layers = hidden.map((units) => dense(units, activations[activation]));
  return compile(sequential([features.length], [...layers, dense(1)]), {
    device,
    batch,
    seed,
    loss: isRegression(data) ? meanSquared() : sigmoidCrossEntropy(),
    optimizer: optimizers[optimizer]({ learningRate }),
    tune: 'off', // kernels so small have nothing to choose
    ...(penalty !== 'none' && { regularize: { '*.weight': { [penalty]: strength } } }),
  });
}

async function workOn(settings: PlaneSettings, net: Trainer, points: PlanePoints): Promise<Work> {
  const dataset = points.train.length > 0 ? datasetOf(settings, points.train) : undefined;
  return { settings, net, points, dataset, observer: await observerOf(settings, net, points) };
}

/**
 * The grid, then the points, then as many more as make it the same number always: one forward pass has them all, and other
 * points need no other kernels.
 */
function observerOf(settings: PlaneSettings, net: Trainer, { train, test }: PlanePoints): Promise<Observer> {
  const spare = Array.from({ length: MOST_POINTS - train.length - test.length }, () => grid[0]);
  const names = layersOf(settings).flatMap(({ output, W, b }) => [output, W, b]);
  return observe(net, inputsOf(settings.features, [...grid, ...train, ...test, ...spare]), names);
}

/** Few points come several times, so that there is a batch of them. */
function datasetOf({ features, batch }: PlaneSettings, points: readonly PlanePoint[]) {
  const times = Math.max(1, Math.ceil(batch / points.length));
  const all = Array.from({ length: times }, () => points).flat();
  return fromArrays({ x: inputsOf(features, all), y: all.map(({ y }) => [y]) });
}

/** `outputs` are those of the grid, of the points and more. */
function scoresOf(settings: PlaneSettings, { train, test }: PlanePoints, outputs: Tensor['data']) {
  const from = grid.length;
  const between = from + train.length;
  const regression = isRegression(settings.data);
  return {
    train: scoreOf(train, outputs.subarray(from, between), regression),
    test: scoreOf(test, outputs.subarray(between), regression),
  };
}
