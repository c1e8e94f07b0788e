/** A published result on MNIST, and the training that reproduces it. */
import { cosineDecay, updatesIn } from '../../nn/learning-rate.ts';
import { type LossFunction, softmaxCrossEntropy } from '../../nn/losses/index.ts';
import type { Model } from '../../nn/model.ts';
import { adam } from '../../nn/optimizers/index.ts';
import type { CompileOptions } from '../../train/compile.ts';
import type { FitOptions } from '../../train/fit-options.ts';

export interface Recipe {
  /** Who published it, and where. */
  readonly source: string;
  readonly published: {
    /** Misclassified test images, in %. */
    readonly error: number;
    /** What kind of figure that is. */
    readonly note: string;
  };
  readonly model: Model;
  readonly training: Pick<CompileOptions, 'batch' | 'optimizer'> & { readonly loss: LossFunction };
  readonly fit?: Pick<FitOptions, 'augment'>;
  readonly epochs: number;
  /** Number of images to train on, from the first one. Default: all 60,000. */
  readonly samples?: number;
  /** The error of which epoch is compared with the published one. */
  readonly figure: 'best' | 'last';
  /** What is not as it was in the source, as far as it tells. */
  readonly differs: string;
}

interface Annealing {
  readonly batch: number;
  readonly epochs: number;
  /** Learning rate of the first update. */
  readonly from: number;
  /** Learning rate that it falls to. Default: 0. */
  readonly to?: number;
}

/** Softmax, cross-entropy and Adam, at a rate that falls along a cosine over all the updates on 60,000 images. */
export function annealed({ batch, epochs, from, to }: Annealing): Pick<Recipe, 'training' | 'epochs'> {
  const learningRate = cosineDecay({ from, to, steps: updatesIn({ count: 60_000 }, { batch, epochs }) });
  return { training: { batch, loss: softmaxCrossEntropy(), optimizer: adam({ learningRate }) }, epochs };
}
