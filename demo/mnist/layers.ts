/**
 * The kinds of hidden layers that a visitor can put together. A kind says how its layers are written into the address, what
 * can be set, what shape comes out, what does not fit, and what a layer is in the library.
 */
import type { Layer, Shape } from 'retrograd';
import { type ActivationName, activations } from './activations.ts';
import type { Library } from './lab/library-layers.ts';
import type { TermName } from './page/glossary/terms.ts';

export interface DenseLayer {
  readonly kind: 'dense';
  readonly units: number;
  readonly activation: ActivationName;
}
export interface Conv2dLayer {
  readonly kind: 'conv2d';
  readonly filters: number;
  /** Pixels on a side of a filter. */
  readonly kernel: number;
  readonly stride: number;
  readonly padding: 'valid' | 'same';
  readonly activation: ActivationName;
}
export interface Pool2dLayer<K> {
  readonly kind: K;
  /** Pixels on a side of a window, and from one window to the next. */
  readonly size: number;
}
export interface DropoutLayer {
  readonly kind: 'dropout';
  readonly rate: number;
}
export interface NormLayer<K> {
  readonly kind: K;
}
/** Adds what went into the layers before it, so many of them, to what came out: a residual block. */
export interface SkipLayer {
  readonly kind: 'skip';
  readonly over: number;
}
export interface ActivationLayer {
  readonly kind: 'activation';
  readonly activation: ActivationName;
}

export type HiddenLayer =
  | DenseLayer
  | Conv2dLayer
  | Pool2dLayer<'maxPool2d'>
  | Pool2dLayer<'averagePool2d'>
  | DropoutLayer
  | NormLayer<'batchNorm'>
  | NormLayer<'layerNorm'>
  | SkipLayer
  | ActivationLayer;
export type KindName = HiddenLayer['kind'];

/** A number of a layer that can be set. */
export interface NumberSetting {
  readonly title: string;
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
}
/** A word of a layer that can be chosen. */
export interface ChoiceSetting {
  readonly title: string;
  /** Titles by name. */
  readonly options: Readonly<Record<string, string>>;
}
export type Setting = NumberSetting | ChoiceSetting;

interface Kind<L extends HiddenLayer> {
  readonly title: string;
  /** The word of the glossary that explains it. */
  readonly term: TermName;
  /** In a few letters, for pictures. */
  readonly sign: string;
  /** A new one. */
  readonly usual: L;
  readonly settings: { readonly [S in Exclude<keyof L, 'kind'>]: Setting };
  /** Of its text in the address, before the colon and the activation; a group for each other setting. */
  readonly pattern: RegExp;
  write(layer: L): string;
  /** Whether it works on images [channels, height, width] alone. */
  readonly ofImages?: boolean;
  /** What it is applied to, counted back: 1 is what the layer before it hands on. Default: that. */
  takes?(layer: L): readonly number[];
  /** In a sentence, why it cannot be applied to values of these shapes. */
  misfit?(layer: L, inputs: readonly Shape[]): string | undefined;
  shape(layer: L, input: Shape): Shape;
  /** Shapes of what it learns, as a file of weights has them. Default: nothing. */
  parameters?(layer: L, input: Shape): Readonly<Record<string, Shape>>;
  /** The letter of the tensor that it hands on when the net predicts; undefined where it hands on what it gets. */
  output(layer: L): 'a' | 'z' | undefined;
  make(layer: L, library: Library): Layer;
}

const whole = (title: string, least: number, most: number): NumberSetting => ({ title, least, most, whole: true });
const activation: ChoiceSetting = { title: 'Activation', options: activations };

export const size = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);
/** '6 × 24 × 24' */
export const showShape = (shape: Shape): string => shape.join(' × ');
const square = (side: number): string => `${side} × ${side}`;

/** Weights of a layer at most: what a GPU takes in one buffer. */
const MOST_WEIGHTS = 2 ** 25;

const weighted = ({ activation }: { readonly activation: ActivationName }) => (activation === 'linear' ? 'z' : 'a');

/** Positions of a window of so many pixels on a line of n. */
function positions(n: number, window: number, stride: number, padding: 'valid' | 'same'): number {
  return padding === 'same' ? Math.ceil(n / stride) : Math.floor((n - window) / stride) + 1;
}

const tooSmall = (what: string, side: number, [, height]: Shape): string | undefined =>
  side > height ? `${what} of ${square(side)} does not fit on an image of ${square(height)}.` : undefined;

/** What the two kinds of pools share. */
const pool = {
  settings: { size: whole('Window', 2, 14) },
  ofImages: true,
  misfit: ({ size }: { readonly size: number }, [image]: readonly Shape[]) => tooSmall('A window', size, image),
  shape: ({ size }: { readonly size: number }, [channels, ...sides]: Shape) => [
    channels,
    ...sides.map((n) => positions(n, size, size, 'valid')),
  ],
  output: (): 'a' => 'a',
};

/** What layers share that keep the shape and have their numbers from elsewhere. */
const keeping = { shape: (_layer: unknown, input: Shape) => input, output: (): 'a' => 'a' };

export const kinds: { readonly [L in HiddenLayer as L['kind']]: Kind<L> } = {
  dense: {
    title: 'Dense',
    term: 'dense layer',
    sign: 'dense',
    usual: { kind: 'dense', units: 32, activation: 'sigmoid' },
    settings: { units: whole('Units', 1, 2048), activation },
    pattern: /^(?<units>\d{1,4})$/,
    write: ({ units }) => `${units}`,
    misfit({ units }, [input]) {
      const weights = units * size(input);
      const most = MOST_WEIGHTS.toLocaleString('en');
      return weights > MOST_WEIGHTS
        ? `It would have ${weights.toLocaleString('en')} weights, and ${most} are the most.`
        : undefined;
    },
    shape: ({ units }) => [units],
    parameters: ({ units }, input) => ({ weight: [units, size(input)], bias: [units] }),
    output: weighted,
    make: ({ units, activation }, { dense, activations }) => dense(units, activations[activation]),
  },

  conv2d: {
    title: 'Convolution',
    term: 'convolution',
    sign: 'conv',
    usual: { kind: 'conv2d', filters: 8, kernel: 5, stride: 1, padding: 'valid', activation: 'relu' },
    settings: {
      filters: whole('Filters', 1, 64),
      kernel: whole('Kernel', 1, 11),
      stride: whole('Stride', 1, 4),
      padding: { title: 'Padding', options: { valid: 'none', same: 'same' } },
      activation,
    },
    pattern: /^conv(?<filters>\d{1,4})x(?<kernel>\d{1,4})(?:s(?<stride>\d{1,4}))?(?<padding>same)?$/,
    write: ({ filters, kernel, stride, padding }) =>
      `conv${filters}x${kernel}${stride === 1 ? '' : `s${stride}`}${padding === 'same' ? 'same' : ''}`,
    ofImages: true,
    misfit: ({ kernel, padding }, [image]) => (padding === 'valid' ? tooSmall('A filter', kernel, image) : undefined),
    shape: ({ filters, kernel, stride, padding }, [, ...sides]) => [
      filters,
      ...sides.map((n) => positions(n, kernel, stride, padding)),
    ],
    parameters: ({ filters, kernel }, [channels]) => ({ weight: [filters, channels, kernel, kernel], bias: [filters] }),
    output: weighted,
    make: ({ filters, kernel, stride, padding, activation }, { conv2d, activations }) =>
      conv2d(filters, kernel, activations[activation], { stride, padding }),
  },

  maxPool2d: {
    ...pool,
    title: 'Max pooling',
    term: 'pooling',
    sign: 'max',
    usual: { kind: 'maxPool2d', size: 2 },
    pattern: /^maxpool(?<size>\d{1,4})$/,
    write: ({ size }) => `maxpool${size}`,
    make: ({ size }, { maxPool2d }) => maxPool2d(size),
  },
  averagePool2d: {
    ...pool,
    title: 'Average pooling',
    term: 'pooling',
    sign: 'mean',
    usual: { kind: 'averagePool2d', size: 2 },
    pattern: /^averagepool(?<size>\d{1,4})$/,
    write: ({ size }) => `averagepool${size}`,
    make: ({ size }, { avgPool2d }) => avgPool2d(size),
  },

  dropout: {
    ...keeping,
    title: 'Dropout',
    term: 'dropout',
    sign: 'drop',
    usual: { kind: 'dropout', rate: 0.5 },
    settings: { rate: { title: 'Share dropped', least: 0, most: 0.9, whole: false } },
    pattern: /^dropout(?<rate>[\d.e-]{1,24})$/,
    write: ({ rate }) => `dropout${rate}`,
    output: () => undefined,
    make: ({ rate }, { dropout }) => dropout(rate),
  },

  batchNorm: {
    ...keeping,
    title: 'Batch normalization',
    term: 'normalization',
    sign: 'norm',
    usual: { kind: 'batchNorm' },
    settings: {},
    pattern: /^batchnorm$/,
    write: () => 'batchnorm',
    parameters: (_layer, [features]) => ({
      weight: [features],
      bias: [features],
      running_mean: [features],
      running_var: [features],
    }),
    make: (_layer, { batchNorm }) => batchNorm(),
  },
  layerNorm: {
    ...keeping,
    title: 'Layer normalization',
    term: 'normalization',
    sign: 'norm',
    usual: { kind: 'layerNorm' },
    settings: {},
    pattern: /^layernorm$/,
    write: () => 'layernorm',
    parameters: (_layer, input) => ({ weight: input, bias: input }),
    make: (_layer, { layerNorm }) => layerNorm(),
  },

  skip: {
    ...keeping,
    title: 'Skip connection',
    term: 'skip connection',
    sign: 'skip',
    usual: { kind: 'skip', over: 2 },
    settings: { over: whole('Layers skipped', 1, 6) },
    pattern: /^skip(?<over>\d{1,4})$/,
    write: ({ over }) => `skip${over}`,
    takes: ({ over }) => [over + 1, 1],
    misfit({ over }, [from, to]) {
      if (!from) return `It skips ${over} layers, but fewer come before it.`;
      if (`${from}` === `${to}`) return undefined;
      return `It adds ${showShape(from)} to ${showShape(to)}: the layers that it skips have to keep the shape.`;
    },
    make: (_layer, { add }) => add(),
  },

  activation: {
    ...keeping,
    title: 'Activation',
    term: 'activation',
    sign: 'σ',
    usual: { kind: 'activation', activation: 'relu' },
    settings: { activation },
    pattern: /^act$/,
    write: () => 'act',
    output: ({ activation }) => (activation === 'linear' ? undefined : 'a'),
    make: (layer, { activation, activations }) => activation(activations[layer.activation]),
  },
};

/** The kind of a layer. */
export const kindOf = (layer: HiddenLayer): Kind<HiddenLayer> => kinds[layer.kind] as unknown as Kind<HiddenLayer>;

/** What can be set of a layer, by name. */
export const settingsOf = (layer: HiddenLayer): [name: string, setting: Setting][] =>
  Object.entries(kindOf(layer).settings);

/** 'conv6x5same:relu' */
export function writeLayer(layer: HiddenLayer): string {
  const text = kindOf(layer).write(layer);
  return 'activation' in layer ? `${text}:${layer.activation}` : text;
}

/** Undefined for what is not a layer, or has a setting out of its limits. */
export function readLayer(text: string): HiddenLayer | undefined {
  const [head, activation, ...rest] = text.split(':');
  for (const { pattern, usual } of Object.values(kinds)) {
    const found = pattern.exec(head);
    if (!found || rest.length > 0 || (activation !== undefined && !('activation' in usual))) continue;
    const given = Object.entries({ ...found.groups, activation }).filter(([, value]) => value !== undefined);
    const layer: HiddenLayer = { ...usual, ...Object.fromEntries(given) };
    return withNumbers(layer);
  }
  return undefined;
}

/** The layer with numbers in place of texts; undefined where a setting is out of its limits. */
function withNumbers(layer: HiddenLayer): HiddenLayer | undefined {
  const entries = settingsOf(layer).map(([name, setting]) => {
    const text = layer[name as keyof HiddenLayer] as string;
    if ('options' in setting) return [name, Object.hasOwn(setting.options, text) ? text : undefined];
    const value = Number(text);
    const isWithin = value >= setting.least && value <= setting.most && (!setting.whole || Number.isInteger(value));
    return [name, isWithin ? value : undefined];
  });
  if (entries.some(([, value]) => value === undefined)) return undefined;
  return { kind: layer.kind, ...Object.fromEntries(entries) } as HiddenLayer;
}
