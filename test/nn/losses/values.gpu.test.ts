/** Losses and their gradients against values of PyTorch and by hand: at kinks, for large logits, and in between. */
import { describe, expect, test } from 'vitest';
import {
  binaryCrossEntropy,
  compile,
  dense,
  focal,
  hinge,
  huber,
  klDivergence,
  type LossFunction,
  linear,
  meanAbsolute,
  sequential,
  sgd,
  sigmoid,
  sigmoidCrossEntropy,
  softmax,
} from '../../../src/index.node.ts';
import { useGpu } from '../../support/harness.ts';

const gpu = useGpu();

/** The loss of each sample of outputs a [n][K], and ∂C/∂a: on the GPU, and on the CPU. */
async function valuesOf(loss: LossFunction, a: readonly number[][], y: readonly number[][], last = linear) {
  const outputs = a[0].length;
  const identity = Float32Array.from({ length: outputs ** 2 }, (_, i) => Number(i % (outputs + 1) === 0));
  const found = [];
  for (const device of [gpu.device, 'cpu'] as const) {
    const options = { device, batch: a.length, loss, optimizer: sgd({ learningRate: 0 }), tune: 'off' } as const;
    const net = await compile(sequential([outputs], [dense(outputs, last)]), options);
    net.setParameters({
      'layers.0.weight': { shape: [outputs, outputs], data: identity },
      'layers.0.bias': { shape: [outputs], data: new Float32Array(outputs) },
    });
    net.step(a, y);
    const { shape, data } = await net.tensor('losses'); // [K or 1, n]
    const n = shape[1];
    const losses = a.map((_, j) => Array.from({ length: shape[0] }, (_, i) => data[i * n + j]).reduce((s, x) => s + x));
    const { inputs } = await net.gradients(a, y, { inputs: true });
    await net.check(a, y);
    found.push({ losses, gradients: Array.from(inputs.data) });
    net.destroy();
  }
  return found;
}

/** To 1e-5 of the largest. */
function expectNear(found: readonly number[], expected: readonly number[], what: string): void {
  const most = Math.max(...expected.map(Math.abs));
  expect(found.length).toBe(expected.length);
  found.forEach(
    (value, i) => void expect(Math.abs(value - expected[i]), `${what} ${i}`).toBeLessThanOrEqual(1e-5 * most),
  );
}

const column = (values: readonly number[]): number[][] => values.map((value) => [value]);

/** γ, α, y, and the losses and gradients for the logits; printed by focal.py. */
const logits = [-4, -0.5, 0, 1.5, 6];
const ofFocal: readonly [number, number | 'none', number, number[], number[]][] = [
  [
    2,
    0.25,
    0.0,
    [4.40367729e-6, 0.0506801179, 0.129965096, 0.852954237, 4.4796215],
    [1.30128984e-5, 0.103452748, 0.223715096, 0.721068516, 0.766603174],
  ],
  [
    2,
    0.25,
    1.0,
    [0.968726809, 0.0943529002, 0.0433216988, 0.00167571173, 3.78400135e-9],
    [-0.271598963, -0.131537955, -0.0745716988, -0.00425777631, -1.13286111e-8],
  ],
  [
    2,
    0.25,
    0.3,
    [0.0689729531, 0.0761682241, 0.103972077, 0.295208161, 1.2320389],
    [-0.0127953423, 0.0412139827, 0.0715888308, 0.178270725, 0.20797182],
  ],
  [
    0.5,
    'none',
    0.0,
    [0.00243413541, 0.291293465, 0.490129072, 1.53841491, 5.99505016],
    [0.00360735602, 0.322636533, 0.476085659, 0.879572484, 1.00370511],
  ],
  [
    0.5,
    'none',
    1.0,
    [3.98185032, 0.768508672, 0.490129072, 0.0860262315, 0.000123104627],
    [-1.00895156, -0.636167725, -0.476085659, -0.11308274, -0.000184352486],
  ],
  [
    0.5,
    'none',
    0.3,
    [0.67516116, 0.419116028, 0.490129072, 0.990934265, 3.51355858],
    [-0.148542581, 0.095750959, 0.190434263, 0.456983537, 0.585660408],
  ],
  [
    1,
    0.75,
    0.0,
    [8.16121036e-5, 0.0447458354, 0.0866433976, 0.347758017, 1.49690846],
    [0.000161020148, 0.0634867019, 0.105821699, 0.230546945, 0.252466507],
  ],
  [
    1,
    0.75,
    1.0,
    [2.95940898, 0.454742481, 0.259930193, 0.0275571921, 4.5910773e-6],
    [-0.776491864, -0.462275495, -0.317465096, -0.0474893607, -9.16512425e-6],
  ],
  [
    1,
    0.75,
    0.3,
    [0.149683575, 0.112587549, 0.138629436, 0.313869362, 1.17503061],
    [-0.0312107004, 0.0374545065, 0.0677258872, 0.159676862, 0.196690181],
  ],
  [
    5,
    0.25,
    0.0,
    [2.56232646e-11, 0.00272727442, 0.016245637, 0.466130698, 4.44647435],
    [1.51204131e-10, 0.0106600065, 0.0523328426, 0.649158921, 0.793914028],
  ],
  [
    5,
    0.25,
    1.0,
    [0.917390162, 0.0227555952, 0.00541521235, 1.01731656e-5, 5.72038263e-17],
    [-0.306706981, -0.0574972024, -0.0174442809, -5.08007177e-5, -3.42444989e-16],
  ],
  [
    5,
    0.25,
    0.3,
    [0.00199948919, 0.00698796063, 0.0129965096, 0.0727767879, 0.420800607],
    [-0.000232973035, 0.00815045008, 0.0167465096, 0.0647215343, 0.0728141801],
  ],
  [
    0,
    0.25,
    0.0,
    [0.0136124459, 0.355557738, 0.519860385, 1.27605996, 4.50185676],
    [0.0134896575, 0.283155502, 0.375, 0.613180857, 0.748145533],
  ],
  [
    0,
    0.25,
    1.0,
    [1.00453748, 0.243519246, 0.173286795, 0.0503533195, 0.000618921284],
    [-0.245503448, -0.155614833, -0.125, -0.045606381, -0.000618155789],
  ],
  [
    0,
    0.25,
    0.3,
    [0.730889957, 0.374446191, 0.415888308, 0.750847967, 2.52148541],
    [-0.169208274, 0.0465244013, 0.12, 0.310544686, 0.418516426],
  ],
];

test.each(ofFocal)(
  'focal with γ = %d, α = %s on targets of %d is as in PyTorch',
  async (gamma, alpha, y, losses, slopes) => {
    const loss = focal({ gamma, alpha, reduction: 'sum' });
    for (const found of await valuesOf(loss, column(logits), column(logits.map(() => y)))) {
      expectNear(found.losses, losses, 'loss');
      expectNear(found.gradients, slopes, 'gradient');
    }
  },
);

describe('positiveWeights are pos_weight of PyTorch', () => {
  const z = [
    [-4, 0.5, 2],
    [1.5, -0.25, 6],
    [0, 3, -1],
    [-100, 100, 100],
  ];
  const y = [
    [1, 1, 1],
    [0, 0, 0],
    [0.3, 0.7, 0.5],
    [1, 0, 1],
  ];
  const options = { positiveWeights: [3, 0.25, 0], reduction: 'sum' } as const;
  // Printed by positive-weights.py
  const ofLogits = {
    losses: [12.172969029798455, 8.279828382999327, 2.188745324652551, 400],
    slopes: [
      ...[-2.946041370113725, -0.09438516719953635, 0, 0.8175744761936437, 0.43782349911420193, 0.9975273768433653],
      ...[-0.1, 0.27747271024065595, 0.13447071068499755, -3, 1, 0],
    ],
  };
  const ofSoftmax = {
    losses: [19.036172823296294, 4.3656650182257195, 3.638673920590575],
    slopes: [
      ...[-2.9934269859715013, 0.3416838668435227, 2.6517431191279788],
      ...[-0.8300417270611525, -0.14425711445578002, 0.9742988415169312],
      ...[-1.0230030070395022, 1.07212012964425, -0.04911712260474768],
    ],
  };
  test.each([
    ['sigmoidCrossEntropy', sigmoidCrossEntropy(options), linear, ofLogits],
    ['binaryCrossEntropy after a sigmoid', binaryCrossEntropy(options), sigmoid, ofLogits],
    ['binaryCrossEntropy after softmax', binaryCrossEntropy(options), softmax, ofSoftmax],
  ])('%s', async (_name, loss, last, { losses, slopes }) => {
    const count = losses.length;
    for (const found of await valuesOf(loss, z.slice(0, count), y.slice(0, count), last)) {
      expectNear(found.losses, losses, 'loss');
      expectNear(found.gradients, slopes, 'gradient');
    }
  });
});

describe('at kinks', () => {
  const exact: Record<string, [LossFunction, number[], number[], number[], number[]]> = {
    'meanAbsolute has a gradient of 0 where a = y': [
      meanAbsolute({ reduction: 'sum' }),
      [1, 1.5, 0.5],
      [1, 1, 1],
      [0, 0.5, 0.5],
      [0, 1, -1],
    ],
    'huber goes on straight from δ': [
      huber({ delta: 2, reduction: 'sum' }),
      [2, -2, 3, 1, 0],
      [0, 0, 0, 0, 0],
      [2, 2, 4, 0.5, 0],
      [2, -2, 2, 1, 0],
    ],
    'hinge has a gradient of 0 at the margin, and takes 0 for −1': [
      hinge({ reduction: 'sum' }),
      [1, -1, 0.5, 0.5, -3, 2, -1],
      [1, 0, 1, 0, 1, 1, -1],
      [0, 0, 0.5, 1.5, 4, 0, 0],
      [0, 0, -1, 1, -1, 0, 0],
    ],
  };
  test.each(Object.entries(exact))('%s', async (_title, [loss, a, y, losses, slopes]) => {
    for (const found of await valuesOf(loss, column(a), column(y))) {
      expect(found.losses).toEqual(losses);
      expect(found.gradients.map((slope) => slope + 0)).toEqual(slopes);
    }
  });
});

test('means are over the outputs and the batch', async () => {
  const [a, y] = [
    [
      [1, 2],
      [3, 4],
    ],
    [
      [0, 0],
      [0, 0],
    ],
  ];
  for (const found of await valuesOf(meanAbsolute(), a, y)) {
    expect(found.losses).toEqual([0.75, 1.75]);
    expect(found.gradients).toEqual([0.25, 0.25, 0.25, 0.25]);
  }
  for (const found of await valuesOf(huber(), a, y)) {
    expect(found.losses).toEqual([1, 3]);
    expect(found.gradients).toEqual([0.5, 0.5, 0.5, 0.5]);
  }
});

describe('logits of ±100 and more', () => {
  const ends = column([-100, 100, -100, 100, -1e4, 1e4]);
  const targets = column([0, 1, 1, 0, 0, 0]);

  // (1 − p)ᵞ is 0 or 1, and the cross-entropy 0 or |z|. PyTorch gives NaN for γ = ½ where it is 0.
  test.each([0, 0.5, 2])('focal with γ = %d', async (gamma) => {
    for (const found of await valuesOf(focal({ gamma, alpha: 'none', reduction: 'sum' }), ends, targets)) {
      expectNear(found.losses, [0, 0, 100, 100, 0, 1e4], 'loss');
      expectNear(found.gradients, [0, 0, -1, 1, 0, 1], 'gradient');
    }
  });

  // By F.kl_div(F.log_softmax(z, 1), y, reduction='none').sum(1)
  test('klDivergence, with targets of 0', async () => {
    const z = [
      [100, -100, 0],
      [-3, 2, 0.5],
    ];
    const y = [
      [0.2, 0.8, 0],
      [1, 0, 0],
    ];
    for (const found of await valuesOf(klDivergence({ reduction: 'sum' }), z, y)) {
      expectNear(found.losses, [159.4995975764618, 5.206906933673413], 'loss');
      expectNear(found.gradients, [0.8, -0.8, 0, -0.994521406840354, 0.813095318260868, 0.181426088579486], 'gradient');
    }
  });

  test('klDivergence is 0 where the targets are what the net predicts', async () => {
    for (const { losses, gradients } of await valuesOf(klDivergence(), [[0, 0]], [[0.5, 0.5]])) {
      expectNear([1 + losses[0], ...gradients], [1, 0, 0], 'loss and gradient');
    }
  });
});
