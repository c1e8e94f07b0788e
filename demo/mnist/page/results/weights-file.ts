/** What the file with the weights is called, and how the command line reads it. */
import type { ActivationName, Config, LossName } from '../../config.ts';
import { bounds } from '../../lab/kept.ts';
import { netInWords } from '../../net-shapes.ts';

/** 'retrograd-digits-784-32-10-step-350.safetensors' */
export function fileNameOf({ data, hidden }: Config, step: number): string {
  return `retrograd-${data}-${netInWords(hidden, '-')}-step-${step}.safetensors`;
}

// As src/cli/model-options.ts has them.
const activationFlag = (name: ActivationName): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const lossFlags: Record<LossName, string> = {
  crossEntropy: 'cross-entropy',
  binaryCrossEntropy: 'binary-cross-entropy',
  quadratic: 'quadratic',
};

/** Undefined for a net that the command cannot make: of other layers, or with activations that differ from layer to layer. */
export function commandFor({ data, hidden, loss }: Config, file: string): string | undefined {
  const dense = hidden.filter((layer) => layer.kind === 'dense');
  const activations = [...new Set(dense.map(({ activation }) => activation))];
  if (dense.length < hidden.length || activations.length > 1) return undefined;
  const units = dense.map((layer) => layer.units).join(',') || 'none';
  return [
    `npx retrograd eval ${file}`,
    `--data ${data}`,
    `--hidden ${units}`,
    ...activations.map((activation) => `--activation ${activationFlag(activation)}`),
    `--loss ${lossFlags[loss]}`,
  ].join(' ');
}

/** Whether a reload finds a net of so many numbers again. */
export function keptWords(parameters: number): string {
  const [size, most] = [4 * parameters, bounds.bytes].map((bytes) => `${(bytes / 1e6).toFixed(1)} MB`);
  return 4 * parameters > bounds.bytes
    ? `These weights are lost when the page reloads: they take ${size}, and this browser keeps at most ${most}.`
    : 'During training, this browser keeps the run, so it survives a reload of the page.';
}
