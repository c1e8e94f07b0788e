/**
 * LeNet-5 as it is taught today (after LeCun et al. 1998): conv 5×5×6, pool, conv 5×5×16, pool, 120, 84, classes; with max
 * pooling, and with every map of the first layer connected to every map of the second.
 */
import type { Shape } from '../base/tensor.ts';
import { conv2d, dense, flatten, type LayerActivation, linear, maxPool2d, relu } from './layers/index.ts';
import type { InitialiserOptions } from './layers/layer.ts';
import { type Model, sequential } from './model.ts';

export interface LenetOptions {
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
  const { activation = relu, output = linear, init, padding = 2 } = options;
  return sequential(image, [
    conv2d(6, 5, activation, { ...init, padding }),
    maxPool2d(2),
    conv2d(16, 5, activation, init),
    maxPool2d(2),
    flatten(),
    dense(120, activation, init),
    dense(84, activation, init),
    dense(classes, output, init),
  ]);
}
