/** Convolutions, pools and normalisations taken apart by the microscope, against PyTorch, numbers by hand, and the library. */
import {
  activation,
  avgPool2d,
  batchNorm,
  compile,
  conv2d,
  dense,
  dropout,
  layerNorm,
  linear,
  maxPool2d,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Tensor,
  tanh,
} from 'retrograd';
import { batch, digits } from 'retrograd/data';
import { describe, expect, test } from 'vitest';
import { fromHash } from '../../demo/mnist/config.ts';
import { losses } from '../../demo/mnist/lab/choices.ts';
import { inspectSample } from '../../demo/mnist/lab/inspect-sample.ts';
import { makeModel } from '../../demo/mnist/lab/make-model.ts';
import { writeLayer } from '../../demo/mnist/layers.ts';
import { gridOf, HALF, layoutOf, middleOf } from '../../demo/mnist/page/microscope/layout/diagram-layout.ts';
import { breakdownOf, regionsOf } from '../../demo/mnist/page/microscope/model/breakdown.ts';
import { cameBack } from '../../demo/mnist/page/microscope/model/came-back.ts';
import type { NetLayer } from '../../demo/mnist/page/microscope/model/net-layers.ts';
import { maskOf, normError } from '../../demo/mnist/page/microscope/model/norms.ts';
import { type Page, pagesOf } from '../../demo/mnist/page/microscope/model/pages.ts';
import { selectElement, selectedOf, unitOf } from '../../demo/mnist/page/microscope/model/selection.ts';
import { type View, viewOf } from '../../demo/mnist/page/microscope/model/view-of.ts';
import {
  convolved,
  gathered,
  pooled,
  pooledInto,
  returned,
  unpooled,
} from '../../demo/mnist/page/microscope/model/windows.ts';
import { workedOf } from '../../demo/mnist/page/microscope/model/worked.ts';
import { stepsOf } from '../../demo/mnist/page/tour/steps.ts';

const layer = (kind: NetLayer['kind'], input: number[], output: number[], size: number, stride: number, zeros = 0) => ({
  ...{ kind, of: [0], input, output },
  window: { size, stride, zeros },
});
const total = (parts: readonly { readonly sum: number }[]) => parts.reduce((sum, part) => sum + part.sum, 0);
const all = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Computed by PyTorch 1.13: conv2d(x, W, [0.5, −1], stride 2, padding 1), and the gradients of Σ z ⊙ d. */
describe('a convolution of 2 channels with 2 filters, zeros around it, and a stride of 2', () => {
  const conv = layer('conv2d', [2, 4, 4], [2, 2, 2], 3, 2, 1);
  const x = all(32).map((i) => ((i * 7) % 11) - 5);
  const W = all(36).map((i) => ((i * 5) % 7) - 3);
  const d = all(8).map((i) => ((i * 3) % 5) - 2);

  test('each output is the sum of its products, and its bias', () => {
    const z = [-28.5, -3.5, -38.5, 15.5, 7, -7, 3, 7];
    expect(all(8).map((i) => total(convolved(conv, W, x, i)) + [0.5, -1][Math.floor(i / 4)])).toEqual(z);
    const [first, second] = convolved(conv, W, x, 0);
    expect(first.places).toEqual([-1, -1, -1, -1, 0, 1, -1, 4, 5]); // the window begins above and to the left
    expect(first.left[4]).toBe(x[0]);
    expect(second.right).toEqual(W.slice(9, 18));
  });

  test('each input gets the errors that its windows lead to', () => {
    const gradient = [
      ...[-6, 2, -1, 1, 5, -11, -6, 1, -1, -2, 4, 2, 6, -1, -9, 3],
      ...[2, 7, 3, -9, -1, 4, 1, 8, -1, 8, 0, -9, -1, 2, 1, -1],
    ];
    expect(all(32).map((i) => total(returned(conv, W, d, i)))).toEqual(gradient);
  });

  test('the gradient of each weight is a sum over all places', () => {
    const gradient = [
      ...[-6, 7, 3, 8, 10, -12, -7, 10, 10, -2, -13, 5, 14, 10, -23, -1, -23, 10],
      ...[3, -3, -3, -7, 1, -2, 8, -11, -3, 1, 8, -3, -13, -3, 16, 2, 18, -7],
    ];
    expect(all(36).map((i) => gathered(conv, d, x, i).sum)).toEqual(gradient);
  });
});

test('pools: the first of the largest wins, and the error goes there; a mean shares it out', () => {
  const max = layer('maxPool2d', [1, 2, 5], [1, 1, 2], 2, 2);
  const image = [1, 5, 2, 2, 9, 5, 4, 2, 2, 9];
  expect(all(2).map((i) => pooled(max, image, i).winner)).toEqual([1, 0]);
  expect(pooled(max, image, 0)).toMatchObject({ places: [0, 1, 5, 6], values: [1, 5, 5, 4], mean: 15 / 4 });
  expect(all(10).map((i) => pooledInto(max, i))).toEqual([0, 0, 1, 1, -1, 0, 0, 1, 1, -1]);
  expect(all(10).map((i) => unpooled(max, image, [3, -7], i))).toEqual([0, 3, -7, 0, 0, 0, 0, 0, 0, 0]);
  const mean = { ...max, kind: 'averagePool2d' as const };
  expect(all(10).map((i) => unpooled(mean, image, [4, -8], i))).toEqual([1, 1, -2, -2, 0, 1, 1, -2, -2, 0]);
});

test('a mask is seen in the numbers, else in their gradients, else not at all', () => {
  expect(Array.from(maskOf([2, 3, 0, 0, 0], [4, 0, 0, 0, 0], [1, 0, 2, 0, 0], [1, 1, 1, 1, 0]))).toEqual([
    ...[1, 0, 1, 0, Number.NaN],
  ]);
});

describe('what the library computes on its CPU reference', () => {
  const close = (found: number, wanted: number, what: string) =>
    expect(Math.abs(found - wanted), `${what}: ${found} for ${wanted}`).toBeLessThan(1e-5 * (1 + Math.abs(wanted)));
  /** One sample of 9 × 9 pixels, of three classes, through these layers. */
  async function passOf(layers: Parameters<typeof sequential>[1]): Promise<Record<string, Tensor>> {
    const net = await compile(sequential([1, 9, 9], [...layers, dense(3)]), {
      ...{ device: 'cpu', batch: 2, seed: 3, loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 1 }) },
    });
    return net.tensors(
      Float32Array.from({ length: 81 }, (_, i) => Math.sin(i * i) ** 2),
      [1],
    );
  }

  test('convolutions with and without zeros, and both pools, forward and backward', async () => {
    const t = await passOf([
      conv2d(2, 3, tanh, { padding: 'same' }),
      maxPool2d(2),
      conv2d(3, 2, relu, { stride: 1 }),
      avgPool2d(2),
    ]);
    const [first, max] = [
      layer('conv2d', [1, 9, 9], [2, 9, 9], 3, 1, 1),
      layer('maxPool2d', [2, 9, 9], [2, 4, 4], 2, 2),
    ];
    const [second, mean] = [
      layer('conv2d', [2, 4, 4], [3, 3, 3], 2, 1),
      layer('averagePool2d', [3, 3, 3], [3, 1, 1], 2, 2),
    ];
    for (const i of all(162))
      close(total(convolved(first, t.W1.data, t.x.data, i)) + t.b1.data[Math.floor(i / 81)], t.z1.data[i], `z1[${i}]`);
    for (const i of all(27))
      close(total(convolved(second, t.W3.data, t.a2.data, i)) + t.b3.data[Math.floor(i / 9)], t.z3.data[i], `z3[${i}]`);
    for (const i of all(32))
      expect(pooled(max, t.a1.data, i).values[pooled(max, t.a1.data, i).winner]).toBe(t.a2.data[i]);
    for (const i of all(3)) close(pooled(mean, t.a3.data, i).mean, t.a4.data[i], `a4[${i}]`);
    expect(t.delta1.data.filter((error) => error !== 0).length).toBeGreaterThan(9);
    for (const i of all(162))
      close(unpooled(max, t.a1.data, t.da2.data, i) * t.slope1.data[i], t.delta1.data[i], `delta1[${i}]`);
    for (const i of all(27))
      close(unpooled(mean, t.a3.data, t.da4.data, i) * t.slope3.data[i], t.delta3.data[i], `delta3[${i}]`);
    for (const i of all(32)) close(total(returned(second, t.W3.data, t.delta3.data, i)), t.da2.data[i], `da2[${i}]`);
    for (const i of all(18)) close(gathered(first, t.delta1.data, t.x.data, i).sum, t.dW1.data[i], `dW1[${i}]`);
    for (const i of all(24)) close(gathered(second, t.delta3.data, t.a2.data, i).sum, t.dW3.data[i], `dW3[${i}]`);
  });

  test('the error that comes back through a normalisation, per channel and per sample', async () => {
    const t = await passOf([conv2d(2, 2, linear), batchNorm(), activation(tanh), layerNorm()]);
    const sum = (from: number, count: number, f: (i: number) => number) =>
      all(count).reduce((sum, i) => sum + f(from + i), 0);
    for (const i of all(128)) {
      const channel = Math.floor(i / 64);
      const gamma = t.gamma2.data[channel];
      const [mean, meanWith] = [t.dbeta2, t.dgamma2].map(({ data }) => (gamma * data[channel]) / 64);
      const numbers = { mean, meanWith, variance: t.variance2.data[channel], epsilon: 1e-5 };
      close(normError(gamma * t.da2.data[i], t.normalized2.data[i], numbers).result, t.delta1.data[i], `delta1[${i}]`);
      const g = (k: number) => t.gamma4.data[k] * t.da4.data[k];
      const others = {
        mean: sum(0, 128, g) / 128,
        meanWith: sum(0, 128, (k) => g(k) * t.normalized4.data[k]) / 128,
        variance: t.variance4.data[0],
        epsilon: 1e-5,
      };
      close(normError(g(i), t.normalized4.data[i], others).result, t.da3.data[i], `da3[${i}]`);
    }
  });

  test('a mask of dropout', async () => {
    const t = await passOf([dense(40, relu), dropout(0.25)]);
    const mask = maskOf(t.a1.data, t.a2.data, t.da1.data, t.da2.data);
    expect(new Set(mask)).toEqual(new Set([0, 1]));
    for (const [i, kept] of mask.entries()) close((kept * t.a1.data[i]) / 0.75, t.a2.data[i], `a2[${i}]`);
    for (const [i, kept] of mask.entries()) close((kept * t.da2.data[i]) / 0.75, t.da1.data[i], `da1[${i}]`);
    expect(mask.filter((kept) => kept === 0).length).toBeGreaterThan(3);
  });
});

describe.each([
  ['dense', '5:sigmoid,4:linear', 'quadratic'],
  ['LeNet-5', 'conv6x5same:relu,maxpool2,conv16x5:relu,maxpool2,120:relu,84:relu', 'crossEntropy'],
  [
    'means, dropout',
    'averagepool2,conv4x5s2same:tanh,averagepool3,dropout0.25,conv3x2:linear,20:relu,dropout0.5',
    'crossEntropy',
  ],
  [
    'normalised',
    'conv3x5s3:linear,batchnorm,act:relu,conv4x3:tanh,layernorm,dropout0.5,10:linear,batchnorm',
    'binaryCrossEntropy',
  ],
  ['residual', 'conv3x5s3:relu,conv3x3same:relu,conv3x3same:linear,skip2,act:gelu,maxpool2', 'crossEntropy'],
] as const)('every page of a net: %s', (_, hidden, loss) => {
  const config = { ...fromHash(`#hidden=${hidden}`), loss, batch: 4 };
  const looked = async (): Promise<View> => {
    const { make, output } = losses[loss];
    const model = await makeModel(config.hidden, output);
    const net = await compile(model, {
      device: 'cpu',
      batch: 4,
      seed: 1,
      loss: make(),
      optimizer: sgd({ learningRate: 1 }),
    });
    const { train } = digits();
    const { x: pixels } = batch(train, [9]);
    const mixes = config.hidden.some(({ kind }) => kind === 'batchNorm');
    const found = await inspectSample({ net, dataset: train, count: 4, mixes }, { pixels, label: 3 });
    net.destroy();
    const subject = { pixels, label: 3, title: 'a digit' };
    return viewOf({ config, data: { train: train.count } }, { subject, label: 3, learningRate: 0.1 }, found);
  };
  const view = looked();
  const pages = view.then((view) => pagesOf({ ...view.config, ...view }, Object.keys(view.tensors)));

  test('what it says of a number is what the library computed', async () => {
    const seen = await view;
    expect(config.hidden.map(writeLayer).join()).toBe(hidden);
    const kinds = new Set<string>();
    for (const page of await pages) {
      kinds.add(page.kind);
      const { data } = seen.tensors[page.result];
      const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const tolerance = 2e-5 * largest + 1e-7;
      for (let k = 0; k < 40; k++) {
        selectElement(seen, page.result, (k * 7919) % data.length);
        const wanted = data[selectedOf(seen, page.result)];
        expect(selectedOf(seen, page.result)).toBe((k * 7919) % data.length);
        const found = recomputed(seen, page);
        if (found === undefined) continue;
        expect(Math.abs(found - wanted), `${page.title}: ${found} for ${wanted}`).toBeLessThanOrEqual(tolerance);
      }
      workedOf(seen, page);
      for (const name of [page.result, ...page.operands]) {
        for (const { first, last } of regionsOf(seen, page, name)) {
          expect(first).toBeGreaterThanOrEqual(0);
          expect(last).toBeLessThan(seen.tensors[name].data.length);
        }
      }
    }
    for (const { kind } of seen.layers) expect(kinds).toContain(pageKinds[kind]);
  });

  test('the tour leads to pages that it has', async () => {
    const results = (await pages).map(({ result }) => result);
    for (const { page } of stepsOf(config.hidden)) if (page) expect(results).toContain(page);
  });

  test('the diagram has a place for each tensor of its own, and no two on one', async () => {
    const { places, edges, columns } = layoutOf(await pages);
    expect(new Set(places.map(({ column, row }) => `${column} ${row}`)).size).toBe(places.length);
    expect(Math.max(...places.map(({ column }) => column))).toBe(columns - 1);
    const names = new Set(places.map(({ name }) => name));
    for (const { from, to } of edges) expect([names.has(from), names.has(to)]).toEqual([true, true]);
    for (const { result, direction } of await pages) if (direction !== 'update') expect(names).toContain(result);
    for (const width of [300, 690, 1100]) {
      const grid = gridOf({ columns, rows: 4 }, width);
      expect(grid.isTurned, 'a long one is turned on phones alone').toBe(width < (columns > 16 ? 520 : 52 * columns));
      const middles = places.map((place) => middleOf(place, grid));
      const isInside = middles.every(({ x }) => x >= HALF.width && x <= width - HALF.width);
      expect(isInside || grid.isLong).toBe(true);
      for (const [i, { x, y }] of middles.entries()) {
        for (const other of middles.slice(i + 1)) {
          expect(Math.abs(x - other.x) >= 2 * HALF.width || Math.abs(y - other.y) >= 2 * HALF.height).toBe(true);
        }
      }
    }
  });
});

const pageKinds = {
  ...{ dense: 'sum', conv2d: 'convolution', maxPool2d: 'pooling', averagePool2d: 'pooling', dropout: 'dropout' },
  ...{ batchNorm: 'normalisation', layerNorm: 'rescaling', skip: 'skip', activation: 'activation' },
} as const;

/** The number that is chosen, out of the operands that a page shows; undefined for pages of dense layers. */
function recomputed(view: View, page: Page): number | undefined {
  const { kind, layer, operands, result } = page;
  const of = (name: string) => view.tensors[name].data[selectedOf(view, name)];
  const [first, second, third] = operands;
  const shown = breakdownOf(view, page);
  switch (kind) {
    case 'convolution':
      return shown?.kind === 'products' ? total(shown.groups) + shown.bias! : Number.NaN;
    case 'pooling':
      if (shown?.kind !== 'pool') return Number.NaN;
      return shown.hasWinner ? shown.window.values[shown.window.winner] : shown.window.mean;
    case 'dropout':
      return Number.isNaN(of(first)) ? 0 : (of(first) * of(second)) / (1 - view.layers[layer - 1].rate!);
    case 'normalisation':
      return (of(first) - of(second)) / Math.sqrt(of(third) + 1e-5);
    case 'rescaling':
      return of(first) * of(second) + of(third);
    case 'skip':
      return operands.reduce((sum, name) => sum + view.tensors[name].data[unitOf(view, layer)], 0);
    case 'hiddenError': {
      const slope = operands.includes(`slope${layer}`) ? of(`slope${layer}`) : 1;
      const consumers = view.values.consumersOf(layer);
      return slope * consumers.reduce((sum, m) => sum + cameBack(view, m, unitOf(view, layer)), 0);
    }
    case 'filterGradient':
      return view.pictures === 1 && shown?.kind === 'products' ? total(shown.groups) : undefined;
    case 'average':
      return view.pictures > 1 ? of(first) / view.pictures : undefined;
    case 'update':
      return of(first) - 0.1 * of(second);
    case 'biasGradient': {
      const { data } = view.tensors[first];
      const shared = data.length / view.tensors[result].data.length;
      const from = selectedOf(view, result) * shared;
      return view.pictures === 1 ? data.slice(from, from + shared).reduce((a, b) => a + b, 0) : undefined;
    }
    default:
      return undefined;
  }
}
