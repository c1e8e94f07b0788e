/** What a visitor can choose, and how it is written into the address of the page. */
import type { Optimizer } from 'retrograd';
import { type HiddenLayer, readLayer, writeLayer } from './layers.ts';
import { fit } from './net-shapes.ts';

export { type ActivationName, activations } from './activations.ts';
export type { HiddenLayer } from './layers.ts';

export const datasets = { digits: 'Generated digits', mnist: 'MNIST' } as const;

export const losses = {
  crossEntropy: { title: 'softmax + cross-entropy' },
  binaryCrossEntropy: { title: 'sigmoid + cross-entropy' },
  quadratic: { title: 'quadratic, ½ Σ(a − y)²' },
} as const;

interface OptimizerChoice {
  readonly title: string;
  /** One at which the usual net trains steadily. */
  readonly learningRate: number;
}
export const optimizers = {
  sgd: { title: 'SGD', learningRate: 0.5 },
  momentum: { title: 'momentum', learningRate: 0.05 },
  nesterov: { title: 'Nesterov', learningRate: 0.05 },
  rmsprop: { title: 'RMSProp', learningRate: 0.001 },
  adam: { title: 'Adam', learningRate: 0.001 },
  adamw: { title: 'AdamW', learningRate: 0.001 },
} satisfies Record<Optimizer['kind'], OptimizerChoice>;

export type DatasetName = keyof typeof datasets;
export type LossName = keyof typeof losses;
export type OptimizerName = keyof typeof optimizers;

export interface Config {
  readonly data: DatasetName;
  /** The layers between the 784 pixels and the 10 classes. Each fits what the one before it makes. */
  readonly hidden: readonly HiddenLayer[];
  readonly loss: LossName;
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  readonly batch: number;
  readonly seed: number;
  /** How many of the training images are used: the first ones, or all of them for 0. */
  readonly samples: number;
}

export const limits = {
  layers: 12,
  learningRate: { least: 0, most: 100 },
  batch: { least: 1, most: 1000 },
  seed: { least: 0, most: 2 ** 32 - 1 },
  samples: { least: 0, most: 1_000_000 },
} as const;

export const usual: Config = {
  data: 'digits',
  hidden: [{ kind: 'dense', units: 32, activation: 'sigmoid' }],
  loss: 'crossEntropy',
  optimizer: 'adam',
  learningRate: 0.005,
  batch: 50,
  seed: 1,
  samples: 0,
};

/** Where no GPU helps: small enough to be seen learning. */
export const usualOnCpu: Config = {
  ...usual,
  hidden: [{ kind: 'dense', units: 16, activation: 'sigmoid' }],
  batch: 20,
};

/** '#data=mnist&hidden=100:relu,50:relu&...': what differs from the usual. */
export function toHash(config: Config): string {
  const written = write(config);
  const standard = write(usual);
  const entries = Object.entries(written).filter(([key, value]) => value !== standard[key]);
  // Colons and commas are allowed in a fragment, and it reads better with them.
  const text = entries.map(
    ([key, value]) => `${key}=${encodeURIComponent(value).replace(/%3A/g, ':').replace(/%2C/g, ',')}`,
  );
  return text.length > 0 ? `#${text.join('&')}` : '';
}

/** Each entry as a text, the usual ones too. */
export function write({ hidden, ...others }: Config): Record<string, string> {
  const layers = hidden.map(writeLayer).join(',');
  return { hidden: layers, ...Object.fromEntries(Object.entries(others).map(([key, value]) => [key, String(value)])) };
}

/** Whether an address chooses anything; '#training' does not. */
export const isChoice = (hash: string): boolean =>
  [...new URLSearchParams(hash.replace(/^#/, '')).keys()].some((key) => Object.hasOwn(usual, key));

/** What an address says, as far as it makes sense; the usual for the rest. */
export function fromHash(hash: string): Config {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const oneOf = <T extends string>(key: keyof Config, table: Record<T, unknown>): T => {
    const value = given.get(key);
    return (value !== null && Object.hasOwn(table, value) ? value : usual[key]) as T;
  };
  const number = (key: 'learningRate' | 'batch' | 'seed' | 'samples'): number => {
    const value = Number(given.get(key)?.trim() || Number.NaN); // Number('') is 0
    const whole = key === 'learningRate' || Number.isInteger(value);
    return whole && value >= limits[key].least && value <= limits[key].most ? value : usual[key];
  };
  return {
    data: oneOf('data', datasets),
    hidden: hiddenFrom(given.get('hidden')) ?? usual.hidden,
    loss: oneOf('loss', losses),
    optimizer: oneOf('optimizer', optimizers),
    learningRate: number('learningRate'),
    batch: number('batch'),
    seed: number('seed'),
    samples: number('samples'),
  };
}

/** '100:relu,50:tanh'; '' stands for no hidden layer. Undefined unless all of it makes sense, and fits. */
function hiddenFrom(text: string | null): readonly HiddenLayer[] | undefined {
  if (text === null) return undefined;
  const layers = text === '' ? [] : text.split(',').map(readLayer);
  if (layers.length > limits.layers || !layers.every((layer) => layer !== undefined)) return undefined;
  return fit(layers).misfit ? undefined : layers;
}
