/**
 * LeNet-5 as it is taught today (after LeCun et al. 1998): conv 5×5×6, pool, conv 5×5×16, pool, 120, 84, classes; with max
 * pooling, and with every map of the first layer connected to every map of the second.
 */
import type { Shape } from '../base/tensor.ts';
import { type Hidden, hidden } from './hidden.ts';
import { conv2d, dense, flatten, type LayerActivation, linear, maxPool2d, relu } from './layers/index.ts';
import type { InitialiserOptions } from './layers/layer.ts';
import { type Model, sequential } from './model.ts';

export interface LenetOptions extends Hidden {
  /** Activation of all layers except the last one. Default: relu. */
  readonly activation?: LayerActivation;
  /** Activation of the last layer. Default: linear. */
  readonly output?: LayerActivation;
  readonly init?: InitialiserOptions;
  /** Zeros on each side of the image. Default: 2, which pads the 28×28 pixels of MNIST to 32×32, as in the paper. */
  readonly padding?: number;
}

/** On images [1, 28, 28] it has 61,706 parameters, 44,426 without padding. Throws ShapeError for images smaller than 12×12. */
export function lenet(image: Shape, classes: number, options: LenetOptions = {}): Model {
  const { activation = relu, output = linear, init, padding = 2, batchNorm, dropout } = options;
  return sequential(image, [
    ...hidden((f) => conv2d(6, 5, f, { ...init, padding }), activation, { batchNorm }),
    maxPool2d(2),
    ...hidden((f) => conv2d(16, 5, f, init), activation, { batchNorm }),
    maxPool2d(2),
    flatten(),
    ...hidden((f) => dense(120, f, init), activation, { batchNorm, dropout }),
    ...hidden((f) => dense(84, f, init), activation, { batchNorm, dropout }),
    dense(classes, output, init),
  ]);
}
