/** A custom activation: WGSL for the GPU, and the same functions in JavaScript for the reference. */
import { checkKeys } from '../../base/arguments.ts';
import type { OwnActivation } from '../../ops/activation-table.ts';
import { checkName, ownFunction, PLACES } from '../own-function.ts';
import type { LayerActivation } from './layer.ts';

/** Options of {@link pointwise}. */
export interface PointwiseOptions {
  /** Name in printouts and errors: letters, digits, `_` and `-`. Default: `'pointwise'`. */
  name?: string;
  /** WGSL that declares `fn f(z: f32) -> f32`, with any functions and constants it needs. */
  wgsl: string;
  /** WGSL that declares `fn derivative(z: f32) -> f32`; it may call what `wgsl` declares. */
  derivative: string;
  /** The same two functions in JavaScript, for the CPU reference. */
  reference: {
    /** σ(z). */
    f(z: number): number;
    /** σ'(z). */
    derivative(z: number): number;
  };
  /** Largest error that `check` allows for either function: `tolerance · (1 + |reference|)`. Default: 1e-5. */
  tolerance?: number;
}

/**
 * An activation of your own, to use wherever {@link relu} goes: σ is applied to each number by itself.
 *
 * `pointwise` compares `reference.derivative` with the slope of `reference.f` at eight points between −6 and 6. `net.check()`
 * compares the WGSL with the reference; WGSL that does not compile is a ShaderError of {@link compile}, with the text and its
 * line. Names that the texts declare never clash with those of the library or of another activation.
 *
 * @throws {ArgumentError} For a text without its function, a reference that is not finite at one of the points, or a
 * derivative that is not the slope there.
 */
export function pointwise(options: PointwiseOptions): LayerActivation {
  checkKeys('pointwise', options, ['name', 'wgsl', 'derivative', 'reference', 'tolerance']);
  const { name = 'pointwise', wgsl, derivative, reference, tolerance = 1e-5 } = options;
  checkName('pointwise', name);
  const own = ownFunction({
    ...{ where: `pointwise ${name}`, name: 'f', parameters: 'z: f32', places: PLACES.map((z) => [z]) },
    ...{ wgsl, derivative, reference, tolerance },
  });
  const activation: OwnActivation = {
    name,
    toString: () => name,
    shaders: own.shaders,
    wgsl: own.wgsl,
    saves: 'input',
    f: (z: number) => reference.f(z),
    gradient: (z: number) => reference.derivative(z),
    rounding: (z: number) => own.allowed(reference.f(z)),
    gradientRounding: (z: number) => own.allowed(reference.derivative(z)),
  };
  return { activation };
}
