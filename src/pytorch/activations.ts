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

/** σ(z) in Python. */
export const activated = ({ activation }: LayerActivation, z: string): string =>
  typeof activation === 'string' ? texts[activation](z) : `${nameOf(activation)}(${z})`;

/** What a function of the caller's own is called: its name, and what tells apart those of one name. */
const nameOf = ({ name, wgsl }: OwnActivation): string => `${name}_${wgsl}`.replace(/\W/g, '_').replace(/^(?=\d)/, '_');

/** Functions to fill in, for activations of the caller's own. */
export const functionToFillIn = (activation: OwnActivation): string => `
def ${nameOf(activation)}(z):
    """TO FILL IN: the activation ${quoted(activation.name)}, whose WGSL is not translated. Return its value for each number of z."""
${wgslOf(activation)}    raise NotImplementedError("model.py: fill in ${nameOf(activation)} with what ${quoted(activation.name)} computes")
`;

/** What ends a line in Python and in WGSL. */
const LINE_ENDS = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;

const wgslOf = ({ shaders }: OwnActivation): string =>
  shaders.flatMap(({ text }) => text.split(LINE_ENDS).map((line) => `    # ${line}`.trimEnd().concat('\n'))).join('');

/** What stands for activations of one's own in a file, which has only their names. */
export function standIn(name: string, wgsl: string): LayerActivation {
  const missing = (): never => {
    throw new ArgumentError(`the activation ${name} has no function here`);
  };
  const rest = { saves: 'input', gradient: missing, rounding: missing, gradientRounding: missing } as const;
  return { activation: { name, toString: () => name, wgsl, shaders: [], f: missing, ...rest } };
}
