/**
 * A function of the caller's own with its derivative: WGSL for the GPU, and the same functions in JavaScript for the reference.
 * The reference is checked against its own slope, and the names that the texts declare are made unique.
 */
import { member } from '../base/arguments.ts';
import { digest } from '../base/digest.ts';
import { ArgumentError } from '../base/errors.ts';
import { isFinite32, TINY } from '../base/float32.ts';
import { showValue } from '../base/show-value.ts';
import type { ShaderFile } from '../graph/op.ts';

type Numeric = (...args: number[]) => number;

export interface Given {
  /** What messages call it: 'pointwise swish'. */
  readonly where: string;
  /** What the function is called in the WGSL and in the reference: 'f'. */
  readonly name: string;
  /** How the WGSL declares its arguments: 'z: f32'. The derivative is with respect to the first. */
  readonly parameters: string;
  readonly wgsl: unknown;
  readonly derivative: unknown;
  /** An object with the functions `name` and `derivative`. */
  readonly reference: unknown;
  readonly tolerance: unknown;
  /** The arguments at which the derivative is compared with the slope. */
  readonly places: readonly (readonly number[])[];
}

/** The function, ready to be called from a kernel. */
export interface OwnFunction {
  readonly shaders: readonly ShaderFile[];
  /** Its name in the shaders; the derivative is `${wgsl}_gradient`. */
  readonly wgsl: string;
  /** The error that is allowed for a value of either function. */
  allowed(value: number): number;
}

/**
 * Throws ArgumentError for a name that is no word, a text without its function, a reference that is not finite at one of the
 * places, or a derivative that is not the slope there.
 */
export function ownFunction({ where, name, parameters, wgsl, derivative, reference, ...given }: Given): OwnFunction {
  const { tolerance, places } = given;
  checkText(`${where}: wgsl`, wgsl, name, parameters);
  checkText(`${where}: derivative`, derivative, 'derivative', parameters);
  if (!isFinite32(tolerance) || tolerance <= 0)
    throw new ArgumentError(`${where}: tolerance must be a finite number > 0, found ${showValue(tolerance)}`);
  checkSlope(where, name, reference, places);
  const unique = `${name}_${digest(`${wgsl}\n${derivative}`)}`;
  return {
    shaders: partsOf(where, name, { wgsl, derivative }, unique),
    wgsl: unique,
    allowed: (value) => tolerance * (1 + Math.abs(value)) + TINY,
  };
}

/** Throws ArgumentError for what is no name of a function of one's own. */
export function checkName(what: string, name: unknown): void {
  if (typeof name === 'string' && /^[\w-]+$/.test(name)) return;
  throw new ArgumentError(`${what}: name must be a word, found ${showValue(name)}`);
}

function checkText(what: string, text: unknown, name: string, parameters: string): asserts text is string {
  const declares = new RegExp(`\\bfn\\s+${name}\\s*\\(`);
  if (typeof text === 'string' && declares.test(text)) return;
  throw new ArgumentError(`${what} must be WGSL with fn ${name}(${parameters}) -> f32, found ${showValue(text)}`);
}

/** Of no special form, so that they keep away from kinks. */
export const PLACES = [-5.93, -2.31, -0.731, -0.117, 0.173, 0.593, 1.91, 5.27];
const H = 1e-5;

/** Throws ArgumentError where a central difference of the function, in f64, is not what the derivative says. */
function checkSlope(where: string, name: string, reference: unknown, places: Given['places']): void {
  const functions = [member(reference, name), member(reference, 'derivative')];
  if (functions.some((f) => typeof f !== 'function'))
    throw new ArgumentError(
      `${where}: reference must be { ${name}, derivative }, two functions, found ${showValue(reference)}`,
    );
  const at = (of: string, args: readonly number[]): number => {
    try {
      return (reference as Record<string, Numeric>)[of](...args);
    } catch (cause) {
      const call = `reference.${of}(${args.join(', ')})`;
      throw new ArgumentError(`${where}: ${call} must be a number, but it threw an error`, { cause });
    }
  };
  for (const place of places) {
    const [first, ...others] = place;
    const [value, slope] = [at(name, place), at('derivative', place)];
    if (!isFinite32(value) || !isFinite32(slope)) {
      const found = `${name}(${place.join(', ')}) = ${showValue(value)} and its derivative ${showValue(slope)}`;
      throw new ArgumentError(`${where}: ${found} must be finite`);
    }
    const difference = (at(name, [first + H, ...others]) - at(name, [first - H, ...others])) / (2 * H);
    // The difference errs by H² f‴ / 6 and by what f64 leaves of f: far less than this, unless f is very steep.
    if (Math.abs(difference - slope) <= 1e-5 * (1 + Math.abs(slope) + Math.abs(value))) continue;
    const said = `reference.derivative(${place.join(', ')}) is ${slope}`;
    throw new ArgumentError(
      `${where}: ${said}, but the slope of reference.${name} there is ${difference.toPrecision(6)}`,
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
 * The texts with all that they declare renamed, local values too, since the linker goes by names: the function becomes
 * `unique`, and derivative `unique`_gradient. Declarations begin their line, as the linker expects it; no line moves.
 */
function partsOf(
  where: string,
  main: string,
  texts: Readonly<Record<string, string>>,
  unique: string,
): readonly ShaderFile[] {
  const all = Object.values(texts).join('\n');
  const suffix = unique.slice(main.length);
  const found = (pattern: RegExp, text = all): string[] => [...text.matchAll(pattern)].map(([, word]) => word);
  const called = new Map(found(CALLED).map((word) => [word, `${word}${suffix}`]));
  called.set('derivative', `${unique}_gradient`);
  const values = new Set([...found(VALUES), ...found(PARAMETERS).flatMap((list) => found(PARAMETER, list))]);
  const renamed = (word: string, isCalled: boolean): string =>
    called.get(word) ?? (values.has(word) && !isCalled ? `${word}${suffix}` : word);
  return Object.entries(texts).map(([part, text]) => ({
    path: `${where}, ${part}`,
    text: text
      .replace(WORD, (word, at: number) => renamed(word, /^\s*\(/.test(text.slice(at + word.length))))
      .replace(/^[ \t]+(?=(?:fn|const|struct|alias|var)\b)/gm, ''),
  }));
}
