/** Optimizers against torch.optim, in double precision: θ after six steps, with all parameters decaying, the weights alone, or none. */
import { expect, test } from 'vitest';
import {
  type AdamOptions,
  adam,
  adamw,
  compile,
  dense,
  momentum,
  nesterov,
  type Optimizer,
  quadratic,
  rmsprop,
  sequential,
  sgd,
} from '../../src/index.node.ts';

type Decay = Pick<AdamOptions, 'weightDecay' | 'decayed'>;
type Theta = readonly [w1: number, w2: number, b: number];

/** Without decay, with λ = 0.3 for all, with λ = 0.3 for W and 0 for b: parameter groups in PyTorch. */
const decays: readonly Decay[] = [{ weightDecay: 0 }, { weightDecay: 0.3 }, { weightDecay: 0.3, decayed: 'weights' }];

const learningRate = 0.1;
const own = { beta1: 0.5, beta2: 0.75, epsilon: 0.1 };

/** θ from W = (0.8, −0.6), b = 0.4 under C = ½ mean (W x + b − y)², for each of `decays`. */
const table: readonly [name: string, of: (decay: Decay) => Optimizer, ...expected: readonly Theta[]][] = [
  [
    'sgd: SGD(lr=0.1)',
    (decay) => sgd({ learningRate, ...decay }),
    [0.921752218, -0.438640514, 0.607983814],
    [0.796000311, -0.387529765, 0.540783741],
    [0.79481976, -0.389438728, 0.607977544],
  ],
  [
    'sgd with momentum: SGD(momentum=0.8)',
    (decay) => sgd({ learningRate, momentum: 0.8, ...decay }),
    [1.068422634, -0.34081279, 0.86701003],
    [0.764835108, -0.257436171, 0.700540114],
    [0.760819412, -0.263901556, 0.867158647],
  ],
  [
    'sgd with nesterov: SGD(momentum=0.8, nesterov=True)',
    (decay) => sgd({ learningRate, momentum: 0.8, nesterov: true, ...decay }),
    [1.066855462, -0.413642182, 0.858162994],
    [0.749155583, -0.334182366, 0.680725213],
    [0.743035166, -0.3424329, 0.861635848],
  ],
  [
    'momentum: SGD(momentum=0.9)',
    (decay) => momentum({ learningRate, ...decay }),
    [1.11175077, -0.307013472, 0.943459767],
    [0.756837302, -0.213318548, 0.748544963],
    [0.752087475, -0.221009382, 0.943537836],
  ],
  [
    'nesterov: SGD(momentum=0.9, nesterov=True)',
    (decay) => nesterov({ learningRate, ...decay }),
    [1.109375515, -0.413524958, 0.93109347],
    [0.733745437, -0.326517857, 0.720114645],
    [0.72598331, -0.336807322, 0.935854765],
  ],
  [
    'rmsprop: RMSprop(alpha=0.9)',
    (decay) => rmsprop({ learningRate, ...decay }),
    [1.088731216, -0.457606155, 0.817326303],
    [0.741993766, -0.364570153, 0.637319626],
    [0.729444026, -0.372782539, 0.833732293],
  ],
  [
    'rmsprop: RMSprop(alpha=0.6, eps=0.1)',
    (decay) => rmsprop({ learningRate, decay: 0.6, epsilon: 0.1, ...decay }),
    [1.068673128, -0.446743287, 0.772891155],
    [0.744817753, -0.362231034, 0.637855732],
    [0.737001021, -0.368251171, 0.781117335],
  ],
  [
    'adam: Adam()',
    (decay) => adam({ learningRate, ...decay }),
    [1.208886953, -0.35976717, 0.908681241],
    [0.609786202, -0.240324044, 0.766312127],
    [0.604876368, -0.242363631, 0.919663754],
  ],
  [
    'adam: Adam(betas=(0.5, 0.75), eps=0.1)',
    (decay) => adam({ learningRate, ...own, ...decay }),
    [1.083449428, -0.432199828, 0.782365217],
    [0.725714804, -0.337904376, 0.663874034],
    [0.72146831, -0.341414941, 0.788753366],
  ],
  [
    'adamw: AdamW()',
    (decay) => adamw({ learningRate, ...decay }),
    [1.208886953, -0.35976717, 0.908681241],
    [1.098363791, -0.332702296, 0.826209447],
    [1.094634467, -0.335738213, 0.9096986],
  ],
];

const cases = table.flatMap(([name, of, ...expected]) =>
  expected.map((theta, i) => [`${name}, ${JSON.stringify(decays[i])}`, of(decays[i]), theta] as const),
);

test.each(cases)('%s', async (_name, optimizer, expected) => {
  const net = await compile(sequential([2], [dense(1)]), { device: 'cpu', batch: 3, loss: quadratic(), optimizer });
  net.setParameters({
    'layers.0.weight': { shape: [1, 2], data: Float32Array.of(0.8, -0.6) },
    'layers.0.bias': { shape: [1], data: Float32Array.of(0.4) },
  });
  for (let step = 0; step < 6; step++) {
    net.step(Float32Array.of(1, 2, -1, 0.5, 0.25, -2), Float32Array.of(1, -0.5, 2));
  }
  const found = Object.values(await net.parameters()).flatMap(({ data }) => [...data]);
  for (const [i, value] of expected.entries()) expect(found[i], `θ[${i}]`).toBeCloseTo(value, 5);
  net.destroy();
});
