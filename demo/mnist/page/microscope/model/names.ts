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

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const LETTERS: Record<string, string> = {
  delta: 'δ',
  slope: 'σ′',
  dW: '∂C/∂W',
  db: '∂C/∂b',
  losses: 'C',
  nW: 'W′',
  nb: 'b′',
};

/** As plain text: 'δ²', '∂C/∂W¹', 'σ′(z¹)'. */
export function symbol(name: string): string {
  const { letter, layer } = parse(name);
  const above = layer === undefined ? '' : SUPERSCRIPTS[layer];
  if (/^g[Wb]$/.test(letter)) return `mean ${symbol(`d${name.slice(1)}`)}`;
  return letter === 'slope' ? `σ′(z${above})` : `${LETTERS[letter] ?? letter}${above}`;
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
  delta: 'errors',
  dW: 'weight gradient',
  db: 'bias gradient',
  gW: 'mean weight gradient',
  gb: 'mean bias gradient',
  nW: 'weights after the step',
  nb: 'biases after the step',
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
