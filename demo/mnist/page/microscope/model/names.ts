/** The tensors of an inspection by name: 'dW1' is ∂C/∂W¹ of one picture, 'gW1' its mean over a batch, 'nW1' W¹ after the step. */

/** 'delta2' -> letter 'delta', layer 2. Those without a number: x belongs to layer 0, the others to the last. */
export interface Name {
  readonly letter: string;
  readonly layer?: number;
}

export function parse(name: string): Name {
  const [, letter, layer] = /^([A-Za-z]+?)(\d*)$/.exec(name) ?? [];
  return { letter: letter ?? name, ...(layer && { layer: Number(layer) }) };
}

/** Of the layer whose units a tensor has one number (or row) each of; x is layer 0. */
export function layerOf(name: string, last: number): number {
  return name === 'x' ? 0 : (parse(name).layer ?? last);
}

export const isMatrix = (name: string): boolean => /^[dgn]?W\d+$/.test(name);

/** Of a layer's parameter: its gradient, the mean of that, and what comes of a step. */
export const isOf = (by: 'd' | 'g' | 'n', name: string): boolean =>
  name.startsWith(by) && /^.(W|b|gamma|beta)\d+$/.test(name);

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
/** How letters with a name are written. */
export const LETTERS: Record<string, string> = {
  delta: 'δ',
  losses: 'C',
  gamma: 'γ',
  beta: 'β',
  mean: 'μ',
  variance: 'v',
  normalized: 'x̂',
  mask: 'm',
  rise: 'σ′',
};
const written = (letter: string): string => LETTERS[letter] ?? letter;
const above = (layer: number | undefined): string =>
  [...String(layer ?? '')].map((digit) => SUPERSCRIPTS[Number(digit)]).join('');

/** 'dW2' -> what C is derived by: letter 'W'. Undefined of what is no derivative. */
export function derivedBy(name: string): string | undefined {
  const { letter } = parse(name);
  return isOf('d', name) || isOf('g', name) || letter === 'da' ? letter.slice(1) : undefined;
}

/** As plain text: 'δ²', '∂C/∂W¹', 'σ′(z¹)'. */
export function symbol(name: string): string {
  const { letter, layer } = parse(name);
  const by = derivedBy(name);
  if (by) return `${isOf('g', name) ? 'mean ' : ''}∂C/∂${written(by)}${above(layer)}`;
  if (isOf('n', name)) return `${written(letter.slice(1))}′${above(layer)}`;
  return letter === 'slope' ? `σ′(z${above(layer)})` : `${written(letter)}${above(layer)}`;
}

const WORDS: Record<string, string> = {
  x: 'the pixels',
  y: 'the target',
  p: 'the probabilities',
  losses: 'loss',
  z: 'weighted sums',
  a: 'activations',
  W: 'weights',
  b: 'biases',
  slope: 'slopes',
  rise: 'slopes',
  delta: 'errors',
  dW: 'weight gradient',
  db: 'bias gradient',
  gW: 'mean weight gradient',
  gb: 'mean bias gradient',
  nW: 'weights after the step',
  nb: 'biases after the step',
  da: 'errors of outputs',
  gamma: 'scale',
  beta: 'shift',
  mean: 'mean',
  variance: 'variance',
  normalized: 'normalised',
  mask: 'mask',
  dgamma: 'gradient of the scale',
  dbeta: 'gradient of the shift',
  ggamma: 'mean gradient of the scale',
  gbeta: 'mean gradient of the shift',
  ngamma: 'scale after the step',
  nbeta: 'shift after the step',
};

/** 'errors' */
export function kindOf(name: string): string {
  const { letter } = parse(name);
  return WORDS[letter] ?? letter;
}

/** 'errors, layer 2' */
export function inWords(name: string): string {
  const { layer } = parse(name);
  return layer === undefined ? kindOf(name) : `${kindOf(name)}, layer ${layer}`;
}
