/** Layers appended to others, with what has no layer of its own made of several, or of none. */
import { type Shape, sameShape, show, size } from '../../base/tensor.ts';
import { linear } from '../../nn/layers/activation.ts';
import type { Layer } from '../../nn/layers/index.ts';
import { activationIn, kindOf, type LayerActivation, type LayerKind } from '../../nn/layers/layer.ts';
import { Refusal, type Source, type Step } from './value.ts';

/** The kinds of the layers that a graph may become. */
export type Kinds = ReadonlyMap<Layer['layer'], LayerKind<Layer>>;

/** A layer without what is left to its function. */
type Plain = { readonly layer: Layer['layer'] } & Readonly<Record<string, unknown>>;

/** Appends layers, made of plain data as those of a file. */
export class Steps {
  private readonly kinds: Kinds;
  /** Layers by what they are and the keys of their tensors: a layer that is there twice has one set of weights. */
  private readonly made = new Map<string, Layer>();

  private readonly keys = new Map<string, string>();

  constructor(kinds: Kinds) {
    this.kinds = kinds;
  }

  /** Throws ArgumentError or ShapeError where the layer does not take that. */
  append(plain: Plain, of: readonly Step[], tensors: Readonly<Record<string, Source>> = {}, activation = linear): Step {
    const layer = this.layerOf(plain, tensors, activation);
    const shape = kindOf(layer).shape(
      layer,
      of.map((step) => step.shape),
    );
    if (!Number.isSafeInteger(size(shape)))
      throw new Refusal(`expected samples that can be counted, found ${show(shape)}`);
    return { layer, of, shape, tensors };
  }

  /** The key of a tensor that is made of others. It is short: of keys in keys, some would be longer than any memory. */
  keyOf(...parts: readonly string[]): string {
    const text = parts.join(', ');
    const known = this.keys.get(text) ?? `combined ${this.keys.size}`;
    this.keys.set(text, known);
    return known;
  }

  /** A layer that has the tensors of another is the same one. */
  private layerOf(plain: Plain, tensors: Readonly<Record<string, Source>>, activation: LayerActivation): Layer {
    const kind = this.kinds.get(plain.layer)!;
    const make = (): Layer => kind.remade({ ...plain, ...activationIn(activation) } as unknown as Layer);
    const keys = Object.entries(tensors).map(([name, { key }]) => [name, key]);
    if (keys.length === 0) return make();
    const key = JSON.stringify([plain, String(activation.activation), keys]);
    const known = this.made.get(key) ?? make();
    this.made.set(key, known);
    return known;
  }

  activation(f: LayerActivation, of: Step): Step {
    return this.append({ layer: 'activation' }, [of], {}, f);
  }

  /** The same numbers with other axes, one at least. */
  shaped(step: Step, axes: Shape): Step {
    const shape = axes.length === 0 ? [1] : axes;
    if (sameShape(step.shape, shape)) return step;
    const [before] = isReshape(step) ? step.of : [step];
    if (sameShape(before.shape, shape)) return before;
    return this.append(shape.length === 1 ? { layer: 'flatten' } : { layer: 'reshape', shape }, [before]);
  }

  /** The axes in another order: axis i is axis `axes[i]` of the step. */
  permuted(step: Step, axes: readonly number[]): Step {
    const before = step.layer?.layer === 'permute' ? step.layer.axes : undefined;
    const all = before ? axes.map((axis) => before[axis]) : axes;
    const from = before ? step.of[0] : step;
    if (all.every((axis, i) => axis === i)) return from;
    // An axis of one number may go anywhere.
    const moved = all.filter((axis) => from.shape[axis] !== 1);
    if (moved.every((axis, i) => i === 0 || axis > moved[i - 1]))
      return this.shaped(
        from,
        all.map((axis) => from.shape[axis]),
      );
    return this.append({ layer: 'permute', axes: all }, [from]);
  }

  /** A step on samples of this shape with one of their axes first, as layers want it, and the axes back in place behind it. */
  along(step: Step, axis: number, apply: (moved: Step) => Step): Step {
    const axes = step.shape.map((_, i) => i);
    const order = [axis, ...axes.filter((i) => i !== axis)];
    const applied = apply(this.permuted(step, order));
    return this.permuted(
      applied,
      axes.map((i) => order.indexOf(i)),
    );
  }

  /** (x − mean) / deviation, as one layer with such a layer before it. */
  standardized(step: Step, mean: Source, deviation: Source): Step {
    const values = size(mean.shape);
    const before = step.layer?.layer === 'standardize' ? step : undefined;
    const count = Math.max(values, before?.layer?.layer === 'standardize' ? before.layer.values : 1);
    const suits = before && [values, size(before.tensors.mean.shape)].every((n) => n === 1 || n === count);
    // Where a deviation is 0, so is what comes out of that layer, and not what the one after it would make of x.
    if (!suits || Array.from(before.tensors.std.numbers()).includes(0))
      return this.append({ layer: 'standardize', values }, [step], { mean, std: deviation });
    const { mean: m, std: d } = before.tensors;
    const both = (name: string, f: (i: number) => number): Source => ({
      ...{ key: this.keyOf(name, m.key, d.key, mean.key, deviation.key), shape: [count] },
      numbers: () => Float64Array.from({ length: count }, (_, i) => f(i)),
    });
    const at = ({ shape, numbers }: Source) => {
      const values = numbers();
      return (i: number): number => values[size(shape) === 1 ? 0 : i];
    };
    // ((x − m) / d − mean) / deviation = (x − (m + mean · d)) / (d · deviation)
    const means = lazy(() => [at(m), at(d), at(mean)]);
    const deviations = lazy(() => [at(d), at(deviation)]);
    const merged = {
      mean: both('mean', (i) => means()[0](i) + means()[2](i) * means()[1](i)),
      std: both('deviation', (i) => deviations()[0](i) * deviations()[1](i)),
    };
    return this.append({ layer: 'standardize', values: count }, before.of, merged);
  }

  /** factor · x + shift, for a factor ≥ 0. */
  scaled(step: Step, factor: number, shift = 0): Step {
    return this.standardized(step, scalar(factor === 0 ? 0 : -shift / factor), scalar(factor === 0 ? 0 : 1 / factor));
  }
}

export const scalar = (value: number): Source => ({ key: String(value), shape: [1], numbers: () => [value] });

export const filled = (value: number, shape: Shape): Source => ({
  ...{ key: `${value} ${show(shape)}`, shape },
  numbers: () => new Float32Array(size(shape)).fill(value),
});

function lazy<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** Whether it gives the numbers of another step other axes, and nothing more. */
export const isReshape = ({ layer }: Step): boolean => layer?.layer === 'reshape' || layer?.layer === 'flatten';
