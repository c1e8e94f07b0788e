/** Layers with weights: matrix products and convolutions. */
import { type Shape, sameShape, show, size } from '../../base/tensor.ts';
import { linear } from '../../nn/layers/activation.ts';
import { type Constant, isBatch } from './constant.ts';
import { transposed } from './fold.ts';
import type { Site } from './site.ts';
import { isReshape } from './steps.ts';
import { type Data, dataOf, lazily, Refusal, type Source, type Step, sampleOf } from './value.ts';

/** The numbers of a constant as a tensor of this shape. */
export function sourceOf({ key, dims, numbers }: Constant, shape: Shape = dims): Source {
  if (size(shape) !== size(dims)) throw new Refusal(`a constant ${show(dims)}, expected ${show(shape)}`);
  return { key, shape, numbers };
}

const timesAll = (of: Source, factor: number): Source =>
  factor === 1
    ? of
    : { ...of, key: `${factor} ${of.key}`, numbers: () => Float32Array.from(of.numbers(), (value) => factor * value) };

/** [1] -> [count] */
function spread(of: Source, count: number): Source {
  if (size(of.shape) !== 1 || count === 1) return { ...of, shape: [count] };
  const key = `${of.key} x ${count}`;
  return { key, shape: [count], numbers: () => new Float32Array(count).fill(of.numbers()[0]) };
}

/** alpha · A B + beta · C, with constants B and C. */
export function gemm(site: Site): Data {
  const [alpha, beta] = [site.float('alpha', 1), site.float('beta', 1)];
  site.only('transA', 0);
  const isTransposed = site.int('transB', 0) !== 0;
  const B = site.demandConstant(1, 'B');
  const C = site.constant(2, 'C');
  if (B.dims.length !== 2) throw new Refusal(`B is ${show(B.dims)}, expected a matrix`);
  const W = isTransposed ? B : transposed(B, [1, 0]);
  const [units, inputs] = W.dims;
  if (
    C &&
    size(C.dims) !== 1 &&
    !sameShape(
      C.dims.filter((n, i) => n !== 1 || i === C.dims.length - 1),
      [units],
    )
  )
    throw new Refusal(`C is ${show(C.dims)}, expected [${units}]`);
  const x = site.data(0);
  if (x.dims.length !== 2 || !isBatch(x.dims[0]) || x.dims[1] !== inputs)
    throw new Refusal(`B is for ${inputs} numbers of a sample, found ${show(sampleOf(x.dims))}`);
  const tensors = {
    weight: timesAll(sourceOf(W), alpha),
    ...(C && beta !== 0 ? { bias: timesAll(spread(sourceOf(C), units), beta) } : {}),
  };
  return dataOf([x.dims[0], units], dense(site, x.step(), units, tensors));
}

const dense = (site: Site, x: Step, units: number, tensors: Record<string, Source>): Step =>
  site.steps.append({ layer: 'dense', units, ...biasIn(tensors) }, [x], tensors);

const biasIn = (tensors: Readonly<Record<string, Source>>) => (tensors.bias ? {} : { bias: false });

/** A product with a constant matrix [K, M]: of each sample [K], or of each place of a sample [..., K]. */
export function matMul(site: Site): Data {
  if (site.value(0)?.kind !== 'constant' && site.value(1)?.kind !== 'constant')
    throw new Refusal('both inputs depend on data, expected a constant second');
  const B = site.demandConstant(1);
  const x = site.data(0);
  const { dims } = x;
  const K = dims[dims.length - 1];
  if (B.dims.length !== 2 || B.dims[0] !== K)
    throw new Refusal(`a matrix ${show(B.dims)} for samples ${show(sampleOf(dims))}`);
  const W = transposed(B, [1, 0]);
  const [units] = W.dims;
  const out = [...dims.slice(0, -1), units];
  const shape = sampleOf(dims);
  if (shape.length === 1) return dataOf(out, dense(site, x.step(), units, { weight: sourceOf(W) }));
  const places = size(shape) / K;
  const step = site.steps.along(site.steps.shaped(x.step(), [places, K]), 1, (moved) =>
    site.steps.append(
      { layer: 'conv1d', filters: units, kernel: 1, stride: 1, padding: 'valid', bias: false },
      [moved],
      {
        weight: sourceOf(W, [units, K, 1]),
      },
    ),
  );
  return dataOf(out, step);
}

/** The sides of a window: sizes of each axis, and pixels around. */
export interface Sides {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  /** Before and after, for each axis. */
  readonly pads: readonly (readonly [number, number])[];
}

/** What convolutions and pools have of attributes, on images or signals of this size with zeros around them. */
export function sidesOf(site: Site, kernel: readonly number[], image: Shape, zeros: Sides['pads'] = []): Sides {
  const axes = kernel.length;
  const given = (name: string, usual: number): readonly number[] => {
    const found = site.ints(name) ?? new Array<number>(axes).fill(usual);
    if (found.length !== axes) throw new Refusal(`${name} = ${found}, expected ${axes} numbers`);
    return found;
  };
  const dilations = given('dilations', 1);
  if (dilations.some((n) => n !== 1)) throw new Refusal(`dilations = ${dilations}, expected 1`);
  const strides = given('strides', 1);
  const rule = site.text('auto_pad', 'NOTSET');
  const pads = site.ints('pads') ?? new Array<number>(2 * axes).fill(0);
  if (pads.length !== 2 * axes) throw new Refusal(`pads = ${pads}, expected ${2 * axes} numbers`);
  if (rule === 'NOTSET' || rule === '')
    return { kernel, strides, pads: kernel.map((_, i) => [pads[i], pads[i + axes]]) };
  if (rule === 'VALID') return { kernel, strides, pads: kernel.map(() => [0, 0]) };
  if (rule !== 'SAME_UPPER' && rule !== 'SAME_LOWER') throw new Refusal(`auto_pad = ${rule}`);
  const total = image.map((pixels, i) => {
    const n = pixels + (zeros[i]?.[0] ?? 0) + (zeros[i]?.[1] ?? 0);
    return Math.max(0, (Math.ceil(n / strides[i]) - 1) * strides[i] + kernel[i] - n);
  });
  const [before, after] = rule === 'SAME_UPPER' ? [Math.floor, Math.ceil] : [Math.ceil, Math.floor];
  return { kernel, strides, pads: total.map((n) => [before(n / 2), after(n / 2)]) };
}

/** As the padding of a layer: one number for each axis, or 'same' where that is what it comes to. */
export function paddingOf({ kernel, strides, pads }: Sides, image: Shape): readonly number[] | 'same' {
  if (pads.every(([before, after]) => before === after)) return pads.map(([before]) => before);
  const isSame = image.every((n, i) => {
    const total = Math.max(0, (Math.ceil(n / strides[i]) - 1) * strides[i] + kernel[i] - n);
    return pads[i][0] === Math.floor(total / 2) && pads[i][1] === Math.ceil(total / 2);
  });
  if (isSame) return 'same';
  throw new Refusal(
    `pads = ${[0, 1].flatMap((side) => pads.map((pad) => pad[side]))}, expected as many on both sides: pad the samples instead`,
  );
}

/** The size of images or signals, whose channels come first. */
export function imageOf(x: Data, axes: number): Shape {
  if (!isBatch(x.dims[0]) || x.dims.length !== axes + 2)
    throw new Refusal(`samples ${show(sampleOf(x.dims))}, expected channels and ${axes} more axes`);
  return x.dims.slice(1);
}

/** An input, or what it is with zeros around; and these, for each axis. */
export function withoutPads(site: Site, axes: number): { readonly known?: Data; readonly pads: Sides['pads'] } {
  const value = site.value(0);
  const known = value?.kind === 'data' ? value : undefined;
  return { known: known?.padded?.of ?? known, pads: known?.padded?.pads ?? new Array(axes).fill([0, 0]) };
}

/** The same sides with more zeros. */
export const wider = (sides: Sides, more: Sides['pads']): Sides => ({
  ...sides,
  pads: sides.pads.map(([before, after], i) => [before + more[i][0], after + more[i][1]]),
});

/** Zeros around images or signals, which the operator after them takes over. */
export function pad(site: Site): Data {
  const mode = site.text('mode', 'constant');
  if (mode !== 'constant') throw new Refusal(`mode = ${mode}`);
  const value = site.has('value') ? site.float('value', 0) : (site.constant(2, 'constant_value')?.numbers()[0] ?? 0);
  const pads = site.integers(1, 'pads') ?? [];
  if (site.value(3)) throw new Refusal('input axes');
  if (value !== 0) throw new Refusal(`constant_value = ${value}, expected 0`);
  const x = site.data(0);
  const rank = x.dims.length;
  const sides = x.dims.map((_, i) => [pads[i], pads[i + rank]] as const);
  const isSuited =
    pads.length === 2 * rank &&
    sides
      .slice(0, 2)
      .flat()
      .every((n) => n === 0);
  if (!isSuited || !pads.every((n) => Number.isSafeInteger(n) && n >= 0))
    throw new Refusal(`pads = ${pads}, expected some of height and width`);
  if (pads.every((n) => n === 0)) return x;
  const dims = x.dims.map((n, i) => n + sides[i][0] + sides[i][1]);
  const refuse = (): never => {
    throw new Refusal('expected a convolution or an average pool after it');
  };
  const { of, pads: inner } = x.padded ?? { of: x, pads: [] };
  const all = sides.slice(2).map((own, i) => [own[0] + (inner[i]?.[0] ?? 0), own[1] + (inner[i]?.[1] ?? 0)] as const);
  return { ...lazily(dims, refuse), padded: { of, pads: all } };
}

export function conv(site: Site): Data {
  const W = site.demandConstant(1, 'W');
  const B = site.constant(2, 'B');
  const [filters, perGroup, ...kernel] = W.dims;
  checkKernel(site, kernel);
  const groups = site.int('group', 1);
  if (kernel.length !== 1 && kernel.length !== 2)
    throw new Refusal(`W is ${show(W.dims)}, expected 1 or 2 axes of filters`);
  const { known, pads } = withoutPads(site, kernel.length);
  const image = known ? imageOf(known, kernel.length) : [];
  const sides = wider(sidesOf(site, kernel, image.slice(1), pads), pads);
  const x = known ?? site.data(0);
  const padding = paddingOf(sides, image.slice(1));
  if (image[0] !== perGroup * groups)
    throw new Refusal(`W is ${show(W.dims)} in ${groups} groups, for samples ${show(image)}`);
  const tensors = { weight: sourceOf(W), ...(B ? { bias: sourceOf(B, [filters]) } : {}) };
  const { strides } = sides;
  const window =
    kernel.length === 1
      ? {
          layer: 'conv1d' as const,
          kernel: kernel[0],
          stride: strides[0],
          padding: padding === 'same' ? padding : padding[0],
        }
      : { layer: 'conv2d' as const, kernel, stride: strides, padding };
  const step = site.steps.append(
    { ...window, filters, ...(groups > 1 ? { groups } : {}), ...biasIn(tensors) },
    [site.steps.shaped(x.step(), image)],
    tensors,
  );
  return dataOf([x.dims[0], ...step.shape], step);
}

/** Throws Refusal where the size of a filter is not that of W. */
function checkKernel(site: Site, kernel: Shape): void {
  const given = site.ints('kernel_shape') ?? kernel;
  if (!sameShape(given, kernel)) throw new Refusal(`kernel_shape = ${given}, but W has filters of ${kernel}`);
}

export function convTranspose(site: Site): Data {
  const W = site.demandConstant(1, 'W');
  const B = site.constant(2, 'B');
  const [channels, perGroup, ...kernel] = W.dims;
  checkKernel(site, kernel);
  const axes = kernel.length;
  if (axes !== 1 && axes !== 2) throw new Refusal(`W is ${show(W.dims)}, expected 1 or 2 axes of filters`);
  const groups = site.int('group', 1);
  const more = site.ints('output_padding') ?? new Array<number>(axes).fill(0);
  if (site.has('output_shape')) throw new Refusal('attribute "output_shape"');
  const rule = site.text('auto_pad', 'NOTSET');
  if (rule !== 'NOTSET' && rule !== 'VALID') throw new Refusal(`auto_pad = ${rule}`);
  const { strides, pads } = sidesOf(site, kernel, []);
  if (pads.some(([before, after]) => before !== after)) throw new Refusal('pads, expected as many on both sides');
  const x = site.data(0);
  const image = imageOf(x, axes);
  if (image[0] !== channels) throw new Refusal(`W is ${show(W.dims)}, for samples ${show(image)}`);
  const pair = (all: readonly number[], usual: number): readonly number[] => (axes === 2 ? all : [usual, ...all]);
  const filters = perGroup * groups;
  const size = pair(kernel, 1);
  const padding = pair(
    pads.map(([before]) => before),
    0,
  );
  const tensors = {
    weight: sourceOf(W, [channels, perGroup, ...size]),
    ...(B ? { bias: sourceOf(B, [filters]) } : {}),
  };
  const step = site.steps.append(
    {
      ...{ layer: 'conv2dTranspose', filters, kernel: size, stride: pair(strides, 1), padding },
      ...{ outputPadding: pair(more, 0), ...(groups > 1 ? { groups } : {}), ...biasIn(tensors) },
    },
    [site.steps.shaped(x.step(), [channels, ...pair(image.slice(1), 1)])],
    tensors,
  );
  const out = [filters, ...(axes === 2 ? step.shape.slice(1) : step.shape.slice(2))];
  return dataOf([x.dims[0], ...out], step);
}

/**
 * A step with a constant for each unit, or channel, as its biases; undefined for one that takes none. `stride` is how many numbers of
 * a sample a bias is for before the next one, as the axes of the step may have been moved since its layer made them.
 */
export function withBias(site: Site, step: Step, bias: Source, stride: number): Step | undefined {
  const { layer, of, shape, tensors } = step;
  if (isReshape(step)) {
    const inner = withBias(site, of[0], bias, stride);
    return inner && site.steps.shaped(inner, shape);
  }
  if (layer?.layer === 'permute') {
    const { axes } = layer;
    if (stride !== 1 || axes[axes.length - 1] !== 0) return undefined;
    const inner = withBias(site, of[0], bias, size(of[0].shape.slice(1)));
    return inner && site.steps.permuted(inner, axes);
  }
  if (!layer || !('bias' in layer) || layer.bias !== false || layer.activation !== linear.activation) return undefined;
  if (size(bias.shape) !== shape[0] || stride !== size(shape.slice(1))) return undefined;
  const { bias: _none, ...plain } = layer;
  return site.steps.append(plain, of, { ...tensors, bias: { ...bias, shape: [shape[0]] } });
}
