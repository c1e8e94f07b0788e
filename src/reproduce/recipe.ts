/** A published result on MNIST, and how to train for it again. */
import type { CompileOptions } from '../compile.ts';
import type { FitOptions } from '../fit.ts';
import type { Model } from '../model.ts';

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
  readonly training: Pick<CompileOptions, 'batch' | 'loss' | 'optimizer'>;
  readonly fit?: Pick<FitOptions, 'augment'>;
  readonly epochs: number;
  /** Images to train on, from the first one; all 60,000 unless given. */
  readonly samples?: number;
  /** The error of which epoch is compared with the published one. */
  readonly figure: 'best' | 'last';
  /** What is not as it was in the source, as far as it tells. */
  readonly differs: string;
}
