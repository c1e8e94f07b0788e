/** model.py: the net as a module of PyTorch. */
import type { Shape } from '../base/tensor.ts';
import { type Initialiser, scaleFor } from '../nn/initialisers.ts';
import { kindOf, type LayerActivation } from '../nn/layers/layer.ts';
import { factsOf } from '../nn/losses/registry.ts';
import { describeModel, type Model, parametersOf, severalOutputs } from '../nn/model.ts';
import type { OwnActivation } from '../ops/activation-table.ts';
import type { SavedLoss } from '../saved/model-text.ts';
import { activated, functionToFillIn, type OwnNames, ownNames } from './activations.ts';
import { type Written, written } from './layers.ts';
import { type Part, parts } from './parts.ts';
import { onOneLine, quoted } from './texts.ts';

/** `frozen` are keys of parameters. */
export function modelText(model: Model, loss: SavedLoss, frozen: readonly string[]): string {
  const all = model.layers.map((layer, i) => {
    const of = model.weightsOf?.[i] ?? i;
    const isFrozen = ['running_mean', 'running_var'].some((name) => frozen.includes(`layers.${of}.${name}`));
    const inputs = model.wiring[i].map((value) => model.shapes[value]);
    return written(layer, { inputs, output: model.shapes[i + 1], isFrozen });
  });
  const needed = Object.keys(parts).filter((name) => all.some(({ part }) => part === name)) as Part[];
  const activations = ownActivations(model);
  const own = ownNames(activations);
  const toFillIn = activations.map((activation) => functionToFillIn(activation, own));
  const definitions = [...needed.map((name) => `\n${parts[name]}`), ...toFillIn];
  return `"""${quoted(`The net: ${describeModel(model)}`)}"""

${definitions.some((text) => text.includes('math.')) ? 'import math\n\n' : ''}import torch
import torch.nn.functional as F
from torch import nn

${definitions.map((text) => `${text}\n`).join('')}
class Net(nn.Module):
    """${quoted(inputText(model))} Each layer has the number that it has in retrograd."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleDict(
            {
${modules(model, all)}            }
        )
        self.reset()

    @torch.no_grad()
    def reset(self):
        """Draws new weights, of the distributions that retrograd draws them from."""
${initialisations(model)}
    def forward(self, x):
${forward(model, all, own)}
    @torch.no_grad()
    def predict(self, x):
        """What \`predict\` of retrograd returns."""
        training = self.training
        self.eval()
        output = self(x)
        self.train(training)
${prediction(model, loss)}`;
}

function inputText(model: Model): string {
  const inputs = model.layers.flatMap((layer) => (layer.layer === 'input' ? [layer] : []));
  const axes = (shape: Shape) => `[${['N', ...shape].join(', ')}]`;
  if (inputs.length === 0) return `Takes samples ${axes(model.input)}.`;
  const named = inputs.map(({ name, shape }) => `${JSON.stringify(name)}: ${axes(shape)}`).join(', ');
  return `Takes samples {${named}}, or ${axes(model.input)} with all of a sample side by side.`;
}

/** The number of the layer whose module a layer uses: those without weights have modules of their own. */
const ownerOf = (model: Model, i: number): number =>
  model.layers[i].layer === 'dropout' ? i : (model.weightsOf?.[i] ?? i);

const modules = (model: Model, all: readonly Written[]): string =>
  all
    .map(({ module }, i) => (module && ownerOf(model, i) === i ? `                "${i}": ${module},\n` : ''))
    .join('');

function initialisations(model: Model): string {
  const trained = parametersOf(model).filter((parameter) => parameter.trained);
  const lines = trained.flatMap(({ key, init, shape }) => drawn(key, init, shape));
  return (lines.length > 0 ? lines : ['pass']).map((line) => `        ${line}\n`).join('');
}

/** The lines that draw the values of a parameter; none for values that are given, which its module has. */
function drawn(key: string, init: Initialiser | Float32Array, shape: Shape): string[] {
  if (!('kind' in init)) return [];
  const [, layer, name] = key.split('.');
  const tensor = `self.layers["${layer}"].${name}`;
  const scale = scaleFor(init, shape);
  const fills = {
    normal: `nn.init.normal_(${tensor}, 0, ${scale})`,
    uniform: `nn.init.uniform_(${tensor}, ${-scale}, ${scale})`,
    zeros: `nn.init.constant_(${tensor}, ${scale})`,
    ones: `nn.init.constant_(${tensor}, ${scale})`,
  };
  const row = 'zeroRow' in init ? [`${tensor}[${init.zeroRow}] = 0`] : [];
  return [fills[init.kind], ...row];
}

/** Every value is x in a stack, else a1, a2, ... by the numbers of equations. */
function forward(model: Model, all: readonly Written[], own: OwnNames): string {
  const { layers, wiring, input } = model;
  const isStack = wiring.every((of, i) => of.length === 1 && of[0] === i);
  const name = (value: number): string => (isStack || value === 0 ? 'x' : `a${value}`);
  const whole = input.length > 1 ? [`x = x.reshape(len(x), ${input.join(', ')})`] : [];
  const lines = layers.map((layer, i) => {
    const z = all[i].call(`self.layers["${ownerOf(model, i)}"]`, ...wiring[i].map(name));
    const a = 'activation' in layer ? activated(layer as LayerActivation, z, own) : z;
    return `${name(i + 1)} = ${a}  # ${i}: ${onOneLine(kindOf(layer).describe(layer))}`;
  });
  return [...whole, ...lines, `return ${name(layers.length)}`].map((line) => `        ${line}\n`).join('');
}

function prediction(model: Model, loss: SavedLoss): string {
  const several = severalOutputs(model);
  const of = (one: SavedLoss, value: string) => activated(factsOf(one).prediction, value, new Map());
  if (!several) return `        return ${of(loss, 'output')}\n`;
  const each = several.outputs.map(({ name }) => {
    const key = JSON.stringify(name);
    return `            ${key}: ${of(loss.outputs![name], `output[${key}]`)},\n`;
  });
  return `        return {\n${each.join('')}        }\n`;
}

/** Each of the caller's own activations once. */
function ownActivations({ layers }: Model): OwnActivation[] {
  const found = new Map<string, OwnActivation>();
  for (const layer of layers) {
    if ('activation' in layer && typeof layer.activation !== 'string') {
      found.set(layer.activation.wgsl, layer.activation);
    }
  }
  return [...found.values()];
}
