/** A custom activation: WGSL for the GPU, and the same functions in JavaScript for the reference. */
import { checkKeys, member } from '../../base/arguments.ts';
import { digest } from '../../base/digest.ts';
import { ArgumentError } from '../../base/errors.ts';
import { isFinite32, TINY } from '../../base/float32.ts';
import { showValue } from '../../base/show-value.ts';
import type { ShaderFile } from '../../graph/op.ts';
import type { OwnActivation } from '../../ops/activation-table.ts';
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
  if (typeof name !== 'string' || !/^[\w-]+$/.test(name))
    throw new ArgumentError(`pointwise: name must be a word, found ${showValue(name)}`);
  const where = `pointwise ${name}`;
  checkText(`${where}: wgsl`, wgsl, 'f');
  checkText(`${where}: derivative`, derivative, 'derivative');
  if (!isFinite32(tolerance) || tolerance <= 0)
    throw new ArgumentError(`${where}: tolerance must be a finite number > 0, found ${showValue(tolerance)}`);
  checkSlope(where, reference);
  const suffix = `_${digest(`${wgsl}\n${derivative}`)}`;
  const allowed = (value: number): number => tolerance * (1 + Math.abs(value)) + TINY;
  const activation: OwnActivation = {
    name,
    toString: () => name,
    shaders: partsOf(name, { wgsl, derivative }, suffix),
    wgsl: `f${suffix}`,
    saves: 'input',
    f: (z: number) => reference.f(z),
    gradient: (z: number) => reference.derivative(z),
    rounding: (z: number) => allowed(reference.f(z)),
    gradientRounding: (z: number) => allowed(reference.derivative(z)),
  };
  return { activation };
}

function checkText(what: string, text: unknown, name: string): void {
  const declares = new RegExp(`\\bfn\\s+${name}\\s*\\(`);
  if (typeof text === 'string' && declares.test(text)) return;
  throw new ArgumentError(`${what} must be WGSL with fn ${name}(z: f32) -> f32, found ${showValue(text)}`);
}

/** Of no special form, so that they keep away from kinks. */
const PLACES = [-5.93, -2.31, -0.731, -0.117, 0.173, 0.593, 1.91, 5.27];
const H = 1e-5;

/** Throws ArgumentError where a central difference of f, in f64, is not what the derivative says. */
function checkSlope(where: string, reference: PointwiseOptions['reference']): void {
  if (typeof member(reference, 'f') !== 'function' || typeof member(reference, 'derivative') !== 'function')
    throw new ArgumentError(
      `${where}: reference must be { f, derivative }, two functions, found ${showValue(reference)}`,
    );
  const at = (name: 'f' | 'derivative', z: number): number => {
    try {
      return reference[name](z);
    } catch (cause) {
      throw new ArgumentError(`${where}: reference.${name}(${z}) must be a number, but it threw an error`, { cause });
    }
  };
  for (const z of PLACES) {
    const [value, slope] = [at('f', z), at('derivative', z)];
    if (!isFinite32(value) || !isFinite32(slope))
      throw new ArgumentError(
        `${where}: f(${z}) = ${showValue(value)} and its derivative ${showValue(slope)} must be finite`,
      );
    const difference = (at('f', z + H) - at('f', z - H)) / (2 * H);
    // The difference errs by H² f‴ / 6 and by what f64 leaves of f: far less than this, unless f is very steep.
    if (Math.abs(difference - slope) <= 1e-5 * (1 + Math.abs(slope) + Math.abs(value))) continue;
    throw new ArgumentError(
      `${where}: reference.derivative(${z}) is ${slope}, but the slope of reference.f there is ${difference.toPrecision(6)}`,
    );
  }
}

/** What is called, or is a type. */
const CALLED = /\b(?:fn|struct|alias)\s+(\w+)/g;
/** What holds a value: it may have the name of a function that WGSL has built in. */
const VALUES = /\b(?:const|let|var(?:<\w+>)?)\s+(\w+)/g;
const PARAMETERS = /\bfn\s+\w+\s*\(([^)]*)\)/g;
const PARAMETER = /(\w+)\s*:/g;
/** No member: neither what follows a dot, nor what a struct declares. */
const WORD = /(?<!\.|\bstruct\s+\w+\s*\{[^}]*(?=\b\w+\s*:))\b[A-Za-z_]\w*\b/g;

/**
 * The texts with all that they declare renamed, local values too, since the linker goes by names: f becomes f_suffix, and
 * derivative f_suffix_gradient. Declarations begin their line, as the linker expects it; no line moves.
 */
function partsOf(name: string, texts: Readonly<Record<string, string>>, suffix: string): ShaderFile[] {
  const all = Object.values(texts).join('\n');
  const found = (pattern: RegExp, text = all): string[] => [...text.matchAll(pattern)].map(([, word]) => word);
  const called = new Map(found(CALLED).map((word) => [word, `${word}${suffix}`]));
  called.set('derivative', `f${suffix}_gradient`);
  const values = new Set([...found(VALUES), ...found(PARAMETERS).flatMap((list) => found(PARAMETER, list))]);
  const renamed = (word: string, isCalled: boolean): string =>
    called.get(word) ?? (values.has(word) && !isCalled ? `${word}${suffix}` : word);
  return Object.entries(texts).map(([part, text]) => ({
    path: `pointwise ${name}, ${part}`,
    text: text
      .replace(WORD, (word, at: number) => renamed(word, /^\s*\(/.test(text.slice(at + word.length))))
      .replace(/^[ \t]+(?=(?:fn|const|struct|alias|var)\b)/gm, ''),
  }));
}
