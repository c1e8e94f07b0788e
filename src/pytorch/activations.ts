/** The activations as PyTorch has them. */
import { ArgumentError } from '../base/errors.ts';
import type { LayerActivation } from '../nn/layers/layer.ts';
import type { ActivationName, OwnActivation } from '../ops/activation-table.ts';
import { quoted } from './texts.ts';

const texts: Readonly<Record<ActivationName | 'softmax', (z: string) => string>> = {
  linear: (z) => z,
  sigmoid: (z) => `torch.sigmoid(${z})`,
  tanh: (z) => `torch.tanh(${z})`,
  relu: (z) => `F.relu(${z})`,
  leakyRelu: (z) => `F.leaky_relu(${z}, 0.01)`,
  elu: (z) => `F.elu(${z})`,
  gelu: (z) => `F.gelu(${z}, approximate="tanh")`,
  exactGelu: (z) => `F.gelu(${z})`,
  silu: (z) => `F.silu(${z})`,
  softplus: (z) => `F.softplus(${z})`,
  mish: (z) => `F.mish(${z})`,
  relu6: (z) => `F.relu6(${z})`,
  hardSigmoid: (z) => `F.hardsigmoid(${z})`,
  hardSwish: (z) => `F.hardswish(${z})`,
  selu: (z) => `F.selu(${z})`,
  softmax: (z) => `torch.softmax(${z}, 1)`,
};

/** What the functions of the caller's own activations are called in Python, by their names in WGSL. */
export type OwnNames = ReadonlyMap<string, string>;

/** σ(z) in Python. */
export const activated = ({ activation }: LayerActivation, z: string, own: OwnNames): string =>
  typeof activation === 'string' ? texts[activation](z) : `${own.get(activation.wgsl)}(${z})`;

/** Each has its own name, with a number where others before it have that too. */
export function ownNames(activations: readonly OwnActivation[]): OwnNames {
  const names = new Map<string, string>();
  for (const { name, wgsl } of activations) {
    const wanted = `activation_${name.replace(/[^A-Za-z0-9_]/g, '_')}`;
    let free = wanted;
    for (let n = 2; [...names.values()].includes(free); n++) free = `${wanted}_${n}`;
    names.set(wgsl, free);
  }
  return names;
}

/** A function to fill in, for an activation of the caller's own. */
export const functionToFillIn = (activation: OwnActivation, own: OwnNames): string => `
def ${own.get(activation.wgsl)}(z):
    """TO FILL IN: the activation ${quoted(activation.name)}, whose WGSL is not translated. Return its value for each number of z."""
${wgslOf(activation)}    raise NotImplementedError("model.py: fill in ${own.get(activation.wgsl)}")
`;

/** What ends a line in Python and in WGSL. */
const LINE_ENDS = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;

/** As it was given, without the digest that tells names apart. */
function wgslOf({ shaders, wgsl }: OwnActivation): string {
  const digest = wgsl.replace(/^f/, '');
  const lines = shaders.flatMap(({ text }) => text.replaceAll(digest, '').split(LINE_ENDS));
  return lines.map((line) => `    # ${line}`.trimEnd().concat('\n')).join('');
}

/** What stands for activations of one's own in a file, which has only their names. */
export function standIn(name: string, wgsl: string): LayerActivation {
  const missing = (): never => {
    throw new ArgumentError(`the activation ${name} has no function here`);
  };
  const rest = { saves: 'input', gradient: missing, rounding: missing, gradientRounding: missing } as const;
  return { activation: { name, toString: () => name, wgsl, shaders: [], f: missing, ...rest } };
}
