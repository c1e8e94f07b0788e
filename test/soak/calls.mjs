// Calls in random order, awaited or not, on nets of one device. Each gives a result or an error of the library, nothing hangs,
// and in the end no buffer is left. fast-check draws the calls, and finds the shortest run of them that breaks a rule.
import fc from 'fast-check';
import { openDevice, RetrogradError } from './library.mjs';
import { batch, data, smallNet } from './small.mjs';

/** Calls in a run, which begins without a net. */
const RUN = 50;
/** Milliseconds without an answer: far beyond what a call takes. */
const HANGS = 60_000;

const x = new Float32Array(2 * batch).map((_, i) => Math.sin(i));
const y = new Uint8Array(batch).map((_, i) => i % 2);

const finite = (numbers) => {
  if (!numbers.every(Number.isFinite)) throw new Error('a number is not finite');
};

/** What may be called on a net, by name; some of it makes no sense, as after `destroy`. */
const actions = {
  step: (net) => net.step(x, y),
  steps: async (net) => {
    for (let i = 0; i < 20; i++) {
      net.step(x, y);
      await net.ready();
    }
  },
  fit: (net) => net.fit(data, { epochs: 2 }),
  validate: (net) => net.fit(data, { epochs: 1, validation: data, keepBest: true }),
  stop: (net) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new RetrogradError('stopped')), 3);
    return net.fit(data, { epochs: 1000, signal: controller.signal });
  },
  evaluate: async (net) => finite([(await net.evaluate(data)).loss]),
  predict: async (net) => finite([...(await net.predict(x))]),
  loss: async (net) => finite([await net.loss()]),
  gradients: (net) => net.gradients(x, y),
  parameters: (net) => net.parameters(),
  check: (net) => net.check(x, y),
  save: async (net, kept) => {
    kept.file = await net.save();
  },
  load: (net, kept) => net.load(kept.file ?? new Uint8Array(3)),
  destroy: (net) => net.destroy(),
};

/** One call on one of the nets of a run. */
class Call {
  constructor(name, which, waits) {
    Object.assign(this, { name, which, waits });
  }
  check = () => true;
  async run(_model, real) {
    const net = await real.net(this.which, this.name === 'destroy');
    const work = (async () => actions[this.name](net, real.kept))().catch((error) => {
      if (!(error instanceof RetrogradError)) throw new Error(`${this}: ${error}`, { cause: error });
      real.refused++;
    });
    real.pending.push(work);
    real.made++;
    if (this.waits) await answered(work, this);
  }
  toString = () => `${this.waits ? 'await ' : ''}net${this.which}.${this.name}()`;
}

async function answered(work, what) {
  let timer;
  const hangs = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} hangs`)), HANGS);
  });
  try {
    return await Promise.race([work, hangs]);
  } finally {
    clearTimeout(timer);
  }
}

export async function calls(size, seed) {
  const device = await openDevice();
  const command = fc
    .tuple(fc.constantFrom(...Object.keys(actions)), fc.nat({ max: 2 }), fc.boolean())
    .map((drawn) => new Call(...drawn));
  let [made, refused] = [0, 0];
  const run = fc.asyncProperty(fc.commands([command], { maxCommands: RUN, size: 'max' }), async (commands) => {
    const nets = new Map();
    const real = { kept: {}, pending: [], made: 0, refused: 0 };
    real.net = async (which, goes) => {
      const net = nets.get(which) ?? (await smallNet(device));
      if (goes) nets.delete(which);
      else nets.set(which, net);
      return net;
    };
    try {
      await fc.asyncModelRun(() => ({ model: {}, real }), commands);
      await answered(Promise.all(real.pending), commands);
    } finally {
      for (const net of nets.values()) net.destroy();
      await Promise.allSettled(real.pending);
    }
    device.assertAlive();
    if (device.bytesInUse > 0) throw new Error(`${device.bytesInUse} bytes in buffers are left`);
    const before = made;
    [made, refused] = [made + real.made, refused + real.refused];
    const tenth = Math.ceil(size / 10);
    if (Math.floor(made / tenth) > Math.floor(before / tenth))
      console.log(`${made} calls, ${refused} refused, ${(process.memoryUsage().rss / 1e6).toFixed(1)} MB`);
  });
  console.log(`seed ${seed}`);
  const broken = [];
  for (let part = 0; made < size && broken.length === 0; part++) {
    const result = await fc.check(run, { numRuns: 20, seed: seed + part, endOnFailure: false });
    if (result.failed) broken.push(fc.defaultReportMessage(result));
  }
  device.destroy();
  return broken;
}
