/** The activations as nodes of ONNX; those that opset 17 has no operator for are written out, as PyTorch's exporter does it. */
import type { LayerActivation } from '../../nn/layers/layer.ts';
import type { ActivationName } from '../../ops/activation-table.ts';
import { float, type Scope } from './builder.ts';

type Append = (scope: Scope, z: string) => string;

const single =
  (op: string, attributes?: Parameters<Scope['node']>[2]): Append =>
  (scope, z) =>
    scope.node(op, [z], attributes);

const activations: Readonly<Record<ActivationName | 'softmax', Append>> = {
  sigmoid: single('Sigmoid'),
  tanh: single('Tanh'),
  linear: (_scope, z) => z,
  relu: single('Relu'),
  leakyRelu: single('LeakyRelu', { alpha: float(0.01) }),
  elu: single('Elu', { alpha: float(1) }),
  gelu,
  exactGelu,
  silu: (scope, z) => scope.node('Mul', [z, scope.node('Sigmoid', [z])]),
  softplus: single('Softplus'),
  mish: (scope, z) => scope.node('Mul', [z, scope.node('Tanh', [scope.node('Softplus', [z])])]),
  relu6: (scope, z) => scope.node('Clip', [z, scope.number(0), scope.number(6)]),
  hardSigmoid: single('HardSigmoid', { alpha: float(1 / 6), beta: float(0.5) }),
  hardSwish: single('HardSwish'),
  selu: single('Selu', { alpha: float(1.6732632423543772), gamma: float(1.0507009873554805) }),
  softmax: single('Softmax', { axis: 1 }),
};

/** z/2 · (1 + tanh(√(2/π) (z + 0.044715 z³))) */
function gelu({ node, number }: Scope, z: string): string {
  const cube = node('Mul', [z, node('Mul', [z, z])]);
  const inner = node('Add', [z, node('Mul', [number(0.044715), cube])]);
  const tanh = node('Tanh', [node('Mul', [number(Math.sqrt(2 / Math.PI)), inner])]);
  return node('Mul', [number(0.5), node('Mul', [z, node('Add', [number(1), tanh])])]);
}

/** z (1 + erf(z/√2)) / 2 */
function exactGelu({ node, number }: Scope, z: string): string {
  const erf = node('Erf', [node('Div', [z, number(Math.SQRT2)])]);
  return node('Mul', [node('Mul', [z, node('Add', [erf, number(1)])]), number(0.5)]);
}

/** σ(z) -> the name of the value. `of` is no activation of a user's own. */
export const appendActivation = (scope: Scope, { activation }: LayerActivation, z: string): string =>
  activations[activation as ActivationName](scope, z);
