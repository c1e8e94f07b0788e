/** What the file with the weights is called, and how the command line reads it. */
import type { ActivationName, Config, CostName } from '../../config.ts';
import { bounds } from '../../lab/kept.ts';

/** 'retrograd-digits-784-32-10-step-350.safetensors' */
export function fileNameOf({ data, hidden }: Config, step: number): string {
  const layers = [784, ...hidden.map(({ units }) => units), 10];
  return `retrograd-${data}-${layers.join('-')}-step-${step}.safetensors`;
}

// As src/cli/model-options.ts has them, where they differ.
const activationFlags: Partial<Record<ActivationName, string>> = { leakyRelu: 'leaky-relu' };
const lossFlags: Record<CostName, string> = {
  crossEntropy: 'cross-entropy',
  binaryCrossEntropy: 'binary-cross-entropy',
  quadratic: 'quadratic',
};

/** Undefined for a net that the command cannot make: with activations that differ from layer to layer. */
export function commandFor({ data, hidden, cost }: Config, file: string): string | undefined {
  const activations = [...new Set(hidden.map(({ activation }) => activation))];
  if (activations.length > 1) return undefined;
  const units = hidden.map((layer) => layer.units).join(',') || 'none';
  return [
    `npx retrograd eval ${file}`,
    `--data ${data}`,
    `--hidden ${units}`,
    ...activations.map((activation) => `--activation ${activationFlags[activation] ?? activation}`),
    `--loss ${lossFlags[cost]}`,
  ].join(' ');
}

/** Whether a reload finds a net of so many numbers again. */
export function keptWords(parameters: number): string {
  const [size, most] = [4 * parameters, bounds.bytes].map((bytes) => `${(bytes / 1e6).toFixed(1)} MB`);
  return 4 * parameters > bounds.bytes
    ? `A reload of the page loses these weights: they take ${size}, and up to ${most} are kept in this browser.`
    : 'While it trains, weights and curves are kept in this browser, and a reload of the page finds them again.';
}
