/** The built command, run as its users run it: as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { csv, type Dataset, digits, images, npy } from '../../src/data.node.ts';
import {
  adam,
  compile,
  dense,
  formatSafetensors,
  parseSafetensors,
  quadratic,
  sequential,
  sgd,
  sigmoid,
  softmaxCrossEntropy,
  tanh,
} from '../../src/index.node.ts';
import { formatStored, parseStored } from '../../src/saved/safetensors.ts';
import { writeSimplePng } from '../support/png.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

type Environment = Record<string, string | undefined>;

function start(args: string[], env: Environment = {}, cwd?: string): ChildProcess & { ended: Promise<Result> } {
  const child = spawn(process.execPath, [cli, ...args], { cwd, env: { ...process.env, ...env } });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (bytes) => {
      text[name] += bytes;
    });
  }
  const ended = new Promise<Result>((resolve) => child.on('close', (code) => resolve({ code, ...text })));
  return Object.assign(child, { ended });
}

const retrograd = (args: string[], env?: Environment, cwd?: string): Promise<Result> => start(args, env, cwd).ended;

/** Every line of stdout as JSON; one that is not fails the test. */
// biome-ignore lint/suspicious/noExplicitAny: what the fields are is what the tests say
const eventsOf = ({ stdout }: Result): any[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

let folder: string;
/** 300 digits to train on and 100 to test on, as IDX files. */
let few: string[];
/** They are a set that no file can name. */
let own: string[];
beforeAll(async () => {
  if (!existsSync(cli)) throw new Error('dist/cli.js is not there: these tests run the build, made by `npm run build`');
  folder = await mkdtemp(join(tmpdir(), 'retrograd-cli-'));
  const { train, test } = digits({ train: 300, test: 100 });
  await saveIdx('train', train);
  await saveIdx('t10k', test);
  own = ['--data', folder];
  few = [...own, '--batch', '32'];
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function saveIdx(part: string, { count, shape, inputs, targets }: Dataset): Promise<void> {
  const header = (...sizes: number[]) => {
    const bytes = Buffer.alloc(4 + 4 * sizes.length);
    bytes.set([0, 0, 8, sizes.length]);
    sizes.forEach((size, i) => void bytes.writeUInt32BE(size, 4 + 4 * i));
    return bytes;
  };
  await writeFile(
    join(folder, `${part}-images-idx3-ubyte`),
    Buffer.concat([header(count, ...shape), inputs.data as Uint8Array]),
  );
  await writeFile(
    join(folder, `${part}-labels-idx1-ubyte`),
    Buffer.concat([header(count), targets.data as Uint8Array]),
  );
}

/** An array of doubles as NumPy saves it. */
function npyOf(shape: number[], values: number[]): Buffer {
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`.padEnd(117);
  const start = Buffer.concat([Buffer.from([0x93]), Buffer.from('NUMPY'), Buffer.from([1, 0, 118, 0])]);
  return Buffer.concat([start, Buffer.from(`${header}\n`), Buffer.from(Float64Array.from(values).buffer)]);
}

const cpu = ['--device', 'cpu'];
const onCpu = [...cpu, '--hidden', '8'];

describe('train', () => {
  test('prints a line per epoch and the best accuracy, and no bar where nobody watches', async () => {
    const { code, stdout, stderr } = await retrograd(['train', ...few, ...onCpu, '--epochs', '2']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^device +CPU reference\n/);
    expect(stdout).toContain(`custom IDX set (not MNIST) (${folder}): 300 samples to train on, 100 to test on`);
    expect(stdout).toContain('784 -> 8 relu -> 10 linear: 6,370 parameters');
    expect(stdout.match(/^epoch \d\/2 +train loss [\d.]+ +test loss [\d.]+ +test accuracy +[\d.]+ % /gm)).toHaveLength(
      2,
    );
    expect(stdout).toMatch(/\nbest test accuracy [\d.]+ % after epoch \d, [\d.]+ s in all\n$/);
    expect(stderr).toBe('');
  });

  test('--json: events alone on stdout, text on stderr', async () => {
    const result = await retrograd(['train', '--data', 'digits', '--epochs', '2', '--json']);
    expect(result.code, result.stderr).toBe(0);
    const [begin, first, second, end, ...more] = eventsOf(result);
    expect(more).toEqual([]);
    expect(begin).toMatchObject({
      event: 'start',
      device: 'gpu',
      adapter: expect.any(String),
      software: expect.any(Boolean),
    });
    expect(begin).toMatchObject({ data: 'digits', source: 'generated', trainSamples: 10000, testSamples: 2000 });
    expect(begin).toMatchObject({ parameters: 79510, dispatchesPerStep: expect.any(Number), seed: 0, batch: 100 });
    expect(begin).toMatchObject({ loss: 'cross-entropy', optimizer: 'adam', learningRate: 0.001, epochs: 2 });
    expect(begin.dispatchesPerStep).toBeGreaterThan(2);
    for (const [i, epoch] of [first, second].entries()) {
      const numbers = ['trainLoss', 'testLoss', 'testAccuracy', 'seconds', 'samplesPerSecond'];
      expect(epoch).toEqual({
        event: 'epoch',
        epoch: i + 1,
        ...Object.fromEntries(numbers.map((name) => [name, expect.any(Number)])),
      });
    }
    expect(second.testAccuracy).toBeGreaterThan(0.7);
    expect(second.testAccuracy).toBeLessThanOrEqual(1);
    expect(end).toMatchObject({ event: 'end', epochs: 2, seconds: expect.any(Number) });
    expect(end.bestTestAccuracy).toBe(Math.max(first.testAccuracy, second.testAccuracy));
    expect(end.parametersSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(result.stderr).toMatch(/^epoch 2\/2/m);
  });

  test('--augment changes the images, by two dispatches instead of one', async () => {
    const run = async (more: string[]) => {
      const [begin, ...others] = eventsOf(await retrograd(['train', ...few, '--epochs', '1', '--json', ...more]));
      return { begin, sum: others.at(-1).parametersSha256 };
    };
    const [plain, changed] = [await run([]), await run(['--augment', 'rotate=15,elastic=34:4'])];
    expect(changed.begin.augment).toEqual({ rotate: 15, elastic: { alpha: 34, sigma: 4 } });
    expect(changed.begin.dispatchesPerStep).toBe(plain.begin.dispatchesPerStep + 1);
    expect(changed.sum).not.toBe(plain.sum);
  });

  test.each(['auto', 'cpu'])(
    'gives the same bits for the same seed and others for another (--device %s)',
    async (device) => {
      const sumOf = async (seed: string) => {
        const args = ['train', ...few, '--hidden', '8', '--epochs', '2', '--seed', seed, '--device', device, '--json'];
        return eventsOf(await retrograd(args)).at(-1).parametersSha256;
      };
      const [first, again, other] = [await sumOf('7'), await sumOf('7'), await sumOf('8')];
      expect(again).toBe(first);
      expect(other).not.toBe(first);
    },
  );

  test('goes on after the loss of its device, with the same bits', async () => {
    const args = ['train', ...few, '--hidden', '8', '--epochs', '20', '--json'];
    const losing = { NODE_OPTIONS: `--import ${new URL('../support/losing.mjs', import.meta.url)}` };
    const [sound, found] = [await retrograd(args), await retrograd(args, { ...losing, RETROGRAD_LOSE_AFTER: '120' })];
    const bits = (result: Result) =>
      eventsOf(result).flatMap(({ event, epoch, trainLoss, testLoss, parametersSha256 }) =>
        event === 'epoch' || event === 'end' ? [[event, epoch, trainLoss, testLoss, parametersSha256]] : [],
      );
    expect(bits(found)).toEqual(bits(sound));
    expect(eventsOf(found).filter(({ event }) => event === 'recover')).toHaveLength(1);
    expect(found.stderr).toMatch(
      /is lost, with everything on it: the driver restarted. Training goes on from step \d+/,
    );
  });

  test('--target-accuracy ends the training once it is reached', async () => {
    const args = ['train', ...few, ...onCpu, '--epochs', '200', '--target-accuracy', '30', '--json'];
    const result = await retrograd(args);
    expect(result.code).toBe(0);
    const epochs = eventsOf(result).filter(({ event }) => event === 'epoch');
    expect(epochs.length).toBeLessThan(200);
    expect(epochs.map(({ testAccuracy }) => testAccuracy >= 0.3)).toEqual([
      ...Array(epochs.length - 1).fill(false),
      true,
    ]);
    expect(eventsOf(result).at(-1)).toMatchObject({ event: 'end', epochs: epochs.length, targetReached: true });
  });

  test('ends when samples held out have been no better for a while, and keeps the best parameters there were', async () => {
    const control =
      '--schedule cosine --warm-up 3 --clip 1 --accumulate 2 --average 0.9 --label-smoothing 0.1 --patience 1 --keep-best --metric accuracy';
    const args = ['train', ...few, ...onCpu, '--epochs', '30', '--json', ...control.split(' ')];
    const result = await retrograd(args);
    expect(result.code, result.stderr).toBe(0);
    expect(result.stderr).toContain(
      'warm-up over 3 updates, cosine schedule, 2 batches per update, average of the weights with 0.9, gradients clipped to norm 1, label smoothing 0.1',
    );
    const [begin, ...events] = eventsOf(result);
    expect(begin).toMatchObject({
      schedule: 'cosine',
      warmUp: 3,
      accumulate: 2,
      average: 0.9,
      clip: 1,
      labelSmoothing: 0.1,
    });
    expect(begin).toMatchObject({ trainSamples: 270, validationSamples: 30, testSamples: 100 });
    expect(begin.learningRate).toBe(0.001);
    expect(begin.learningRateNow).toBeCloseTo(0.001 / 3, 12);
    expect(result.stderr).toMatch(
      /^training +adam, learning rate 0\.001, batches of 32, warm-up over 3 updates, cosine /m,
    );
    expect(result.stderr).toContain('300 samples to train on, 30 of them held out for validation, 100 to test on');
    const end = events.pop();
    const accuracies = events.map(({ validationAccuracy }) => validationAccuracy);
    // A share of 30 samples, not of 100.
    for (const accuracy of accuracies) expect(Math.abs(30 * accuracy - Math.round(30 * accuracy))).toBeLessThan(1e-9);
    expect(accuracies.length).toBeLessThan(30);
    expect(end.keptEpoch).toBe(accuracies.length - 1);
    expect(accuracies.at(-2)).toBe(Math.max(...accuracies));
    expect(end.keptTestAccuracy).toBe(events.at(-2).testAccuracy);
    expect(result.stderr).toContain(`kept the parameters of epoch ${end.keptEpoch}, the best on the held-out samples`);
  });

  test('--target-accuracy that is never reached is a failure', async () => {
    const result = await retrograd(['train', ...few, ...onCpu, '--epochs', '1', '--target-accuracy', '100', '--json']);
    expect(result.code).toBe(1);
    const [end, error] = eventsOf(result).slice(-2);
    expect(end).toMatchObject({ event: 'end', epochs: 1, targetReached: false });
    expect(error).toMatchObject({ event: 'error', name: 'TargetError' });
    expect(result.stderr).toMatch(/error: --target-accuracy: expected 100 %, found [\d.]+ % at best\n$/);
  });

  test('a loss that is no number is a failure that says where it came from', async () => {
    const flags = ['--optimizer', 'sgd', '--learning-rate', '1e30', '--epochs', '1'];
    const { code, stderr } = await retrograd(['train', ...few, ...onCpu, ...flags]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^error: Step 2: z2\[0, 0\] = -Infinity: W2 · a1, largest \|a1\| = [\d.e+]+\. Try a lower learning rate, or clipNorm\.\n$/,
    );
  });

  test('--check compares steps while training', async () => {
    const result = await retrograd(['train', ...few, '--hidden', '8', '--epochs', '1', '--check', '3', '--json']);
    expect(result.code, result.stderr).toBe(0);
    expect(eventsOf(result).at(-1).event).toBe('end');
  });

  test.each([
    '--loss binary-cross-entropy --optimizer sgd',
    '--loss quadratic --activation sigmoid --init normal --optimizer sgd --learning-rate 3',
    '--loss squared --activation leakyRelu --optimizer momentum --momentum 0.8',
    '--loss mse --hidden none --init zeros --schedule one-cycle',
    '--schedule step --weight-decay 0.01 --decayed weights',
    '--schedule exponential --keep-best --metric loss',
    '--hidden 12,9 --activation tanh --init uniform:0.1 --optimizer nesterov',
    '--hidden 5 --activation gelu --init normal:0.1 --optimizer rmsprop --weight-decay 1e-4',
    '--hidden 5 --activation leaky-relu --init he --optimizer adamw --weight-decay 0',
  ])('trains with %s', async (flags) => {
    const net = flags.includes('--hidden') ? cpu : onCpu;
    const result = await retrograd(['train', ...few, ...net, '--epochs', '1', '--json', ...flags.split(' ')]);
    expect(result.code, result.stderr).toBe(0);
  });

  test.skipIf(process.platform === 'win32')('Ctrl-C ends it with a message and 130', async () => {
    const child = start(['train', ...few, '--epochs', '100000', '--json']);
    child.stdout!.once('data', () => child.kill('SIGINT'));
    const result = await child.ended;
    expect(result.code).toBe(130);
    expect(result.stderr).toMatch(/error: interrupted \(SIGINT\)\n$/);
    expect(eventsOf(result).at(-1)).toMatchObject({ event: 'error', name: 'InterruptedError' });
  });

  test('ends quietly when its reader leaves', async () => {
    const child = start(['train', ...few, ...onCpu, '--epochs', '100000']);
    child.stdout!.once('data', () => child.stdout!.destroy());
    const { code, stderr } = await child.ended;
    expect(code).toBe(141);
    expect(stderr).toBe('');
  });
});

describe.concurrent('bad arguments', () => {
  test.each([
    ['train --frobnicate', ['--frobnicate']],
    ['train --epoch 3', ['--epoch', '--epochs']],
    ['train digits', ['arguments']],
    ['frobnicate', ['frobnicate']],
    ['train --data', ['--data <name|path>', 'argument missing']],
    ['train --data --epochs 2', ['--data', "'--epochs'", 'a name or a path']],
    ['train --learning-rate fast', ['--learning-rate', "'fast'", 'a number above 0']],
    [
      'train --learning-rate 0',
      ['--learning-rate', "'0'", 'nothing is learned at a rate of 0', 'leave the option out'],
    ],
    ['train --learning-rate 1e-400', ['--learning-rate', "'1e-400'", 'a number above 0']],
    ['train --learning-rate NaN', ['--learning-rate', "'NaN'"]],
    ['train --learning-rate Infinity', ['--learning-rate', "'Infinity'"]],
    ['train --learning-rate -0.1', ['--learning-rate', "'-0.1'"]],
    ['train --weight-decay -1', ['--weight-decay', "'-1'"]],
    ['train --optimizer momentum --momentum 1', ['--momentum', "'1'", 'a number ≥ 0 and below 1']],
    ['train --momentum 0.5', ['--momentum', '--optimizer momentum or nesterov', 'adam']],
    ['train --schedule linear', ['--schedule', "'linear'", 'one-cycle']],
    ['train --data digits --epochs 1 --accumulate 2 --warm-up 50', ['--warm-up', 'fewer than the 50 updates', '50']],
    ['train --clip 0', ['--clip', "'0'", 'a number above 0']],
    ['train --average 1', ['--average', "'1'", 'a number ≥ 0 and below 1']],
    ['train --data digits --loss mse --label-smoothing 0.1', ['--label-smoothing', 'cross-entropy', 'mse']],
    ['train --patience 0', ['--patience', "'0'"]],
    ['train --metric f1', ['--metric', "'f1'", 'accuracy']],
    ['train --decayed biases', ['--decayed', "'biases'", 'weights']],
    ['train --epochs 1 --epochs 2', ['--epochs', 'expected once, found twice']],
    ['train --batch 0', ['--batch', "'0'", 'a positive integer']],
    ['train --batch 1.5', ['--batch', "'1.5'", 'a positive integer']],
    ['train --batch 10001 --data digits', ['--batch', '10000', 'digits train', '10001']],
    ['train --epochs 0x10', ['--epochs', "'0x10'"]],
    ['train --seed -1', ['--seed', "'-1'", '4294967295']],
    ['train --seed 4294967296', ['--seed', "'4294967296'"]],
    ['train --augment rotate=x', ['--augment', "'rotate=x'", 'a number ≥ 0']],
    ['train --augment rotate', ['--augment', "'rotate'", 'such as rotate=15']],
    ['train --augment turn=5', ['--augment', "'turn=5'", 'shift, rotate, scale, shear, elastic', 'found turn']],
    ['train --augment shear=81', ['--augment', "'shear=81'", 'from 0 to 80']],
    ['train --augment elastic=34', ['--augment', "'elastic=34'", 'alpha:sigma']],
    ['train --augment elastic=34:4:1', ['--augment', "'elastic=34:4:1'", 'alpha:sigma']],
    ['train --augment shift=1,elastic=34:0.5', ['--augment', 'elastic.sigma', 'from 1 to 4096']],
    ['train --check 0', ['--check', "'0'"]],
    ['train --target-accuracy 101', ['--target-accuracy', "'101'", 'at most 100']],
    ['train --hidden 100,', ['--hidden', "'100,'", 'none']],
    ['train --hidden -5', ['--hidden', "'-5'"]],
    ['train --model resnet', ['--model', "'resnet'", 'mlp, lenet']],
    ['train --data digits --model lenet --hidden 30', ['--hidden', '--model mlp', 'lenet']],
    ['train --activation swish', ['--activation', "'swish'", 'leaky-relu']],
    ['train --activation toString', ['--activation', "'toString'"]],
    ['train --init glorot', ['--init', "'glorot'", 'xavier']],
    ['train --init xavier:2', ['--init', "'xavier:2'", 'without a number']],
    ['train --init normal:-1', ['--init', "'normal:-1'"]],
    ['train --loss hing', ['--loss', "'hing'", 'quadratic', 'Did you mean hinge?']],
    ['train --optimizer sgdd', ['--optimizer', "'sgdd'", 'rmsprop']],
    ['eval --device tpu', ['--device', "'tpu'", 'auto, gpu, cpu']],
    ['eval --epochs 3', ['--epochs']],
    ['check --batch many', ['--batch', "'many'"]],
    ['info --device gpu', ['--device']],
  ])('retrograd %s', async (line, words) => {
    const { code, stdout, stderr } = await retrograd(line.split(' '));
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: /);
    for (const word of words) expect(stderr).toContain(word);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  test('are an event with --json', async () => {
    const result = await retrograd(['train', '--batch', '0', '--json']);
    expect(result.code).toBe(2);
    expect(eventsOf(result)).toEqual([
      { event: 'error', name: 'CommanderError', message: expect.stringContaining('--batch') },
    ]);
  });

  test('no command shows the help and fails', async () => {
    const { code, stdout, stderr } = await retrograd([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Usage: retrograd');
  });
});

describe.concurrent('help', () => {
  test.each(['', 'train', 'eval', 'predict', 'summary', 'export', 'check', 'bench', 'reproduce', 'info'])(
    'retrograd %s --help',
    async (command) => {
      const { code, stdout, stderr } = await retrograd([...command.split(' ').filter(Boolean), '--help']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain(`Usage: retrograd ${command}`.trimEnd());
      expect(stdout).toMatch(/Examples?:\n {2}retrograd /);
    },
  );

  test('--version is that of package.json', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(await retrograd(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

/** Neither data nor a network. */
const bare = (): Environment => ({
  RETROGRAD_DATA: '',
  XDG_CACHE_HOME: join(folder, 'no-cache'),
  LOCALAPPDATA: join(folder, 'no-cache'),
  HOME: join(folder, 'no-home'),
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent('globalThis.fetch = async () => { throw new Error("offline"); };')}`,
});

describe('data that is not there', () => {
  test('a folder that does not exist is a failure', async () => {
    const missing = join(folder, 'missing');
    const { code, stderr } = await retrograd(['train', ...onCpu, '--data', missing]);
    expect(code).toBe(1);
    expect(stderr).toBe(
      `error: --data: expected mnist, fashion-mnist, digits, a CSV file (.csv or .tsv), a folder of pictures or one of IDX files, found no folder ${missing}\n`,
    );
  });

  test('a folder without the files is a failure', async () => {
    const { code, stderr } = await retrograd(['train', ...onCpu, '--data', tmpdir()]);
    expect(code).toBe(1);
    expect(stderr).toContain('none of the four files');
    expect(stderr).not.toMatch(/^ +at /m);
  });

  test('MNIST asked for is a failure', async () => {
    const { code, stdout, stderr } = await retrograd(['train', ...onCpu, '--data', 'mnist'], bare());
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('error: MNIST: not found. Looked in');
  });

  test('MNIST not asked for gives way to digits, and says why', async () => {
    const { code, stdout, stderr } = await retrograd(['eval', ...onCpu], bare());
    expect(code).toBe(0);
    expect(stderr).toMatch(/MNIST: not found[\s\S]*offline[\s\S]*\nUsing generated digits instead/);
    expect(stdout).toContain('data        digits (generated)');
  });
});

// The Vulkan loader takes these as all the drivers there are; other systems have no such switch.
describe.runIf(process.platform === 'linux')('without an adapter', () => {
  const none = { VK_DRIVER_FILES: '/nonexistent', VK_ICD_FILENAMES: '/nonexistent', VK_ADD_DRIVER_FILES: undefined };

  test('auto says what to install and goes on with the CPU', async () => {
    const result = await retrograd(['train', ...few, '--hidden', '8', '--epochs', '1', '--json'], none);
    expect(result.code).toBe(0);
    expect(result.stderr).toMatch(/no adapter[\s\S]*Vulkan driver[\s\S]*Using the CPU reference instead/);
    expect(eventsOf(result)[0]).toMatchObject({
      event: 'start',
      device: 'cpu',
      adapter: null,
      dispatchesPerStep: null,
    });
    expect(eventsOf(result).at(-1).event).toBe('end');
  });

  test('gpu fails', async () => {
    const { code, stdout, stderr } = await retrograd(['train', ...few, '--device', 'gpu'], none);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^error: .*no adapter.*Vulkan driver/m);
  });

  test('info says so', async () => {
    const result = await retrograd(['info', '--json'], none);
    expect(result.code).toBe(0);
    expect(eventsOf(result)).toMatchObject([
      { event: 'info', adapter: null, reason: expect.stringContaining('no adapter') },
    ]);
  });
});

describe('a table', () => {
  let file: string;
  const args = ['--target', 'kind', '--missing', 'mean', '--hidden', '8', '--batch', '10', ...cpu];

  /** Three kinds of flowers, 60 rows of each: lengths around 1, 2 and 3, a price of 10 times the length, and a cell missing. */
  beforeAll(async () => {
    file = join(folder, 'flowers.csv');
    const rows = Array.from({ length: 180 }, (_, i) => {
      const length = 1 + (i % 3) + ((i * 7) % 11) / 40;
      return `${i === 50 ? '' : length},${i % 3 === 1 ? 'red' : 'blue'},${10 * length},${['aster', 'broom', 'clover'][i % 3]}`;
    });
    await writeFile(file, ['length,colour,price,kind', ...rows].join('\n'));
  });

  test('of numbers and texts is trained on, standardized, with the test part evaluated once', async () => {
    const saved = join(folder, 'flowers.safetensors');
    const flags = ['--epochs', '30', '--learning-rate', '0.01', '--validation', '0.1', '--columns', 'length,colour'];
    const result = await retrograd(['train', '--data', file, ...args, ...flags, '--json', '--save', saved]);
    expect(result.code, result.stderr).toBe(0);
    const [begin, ...events] = eventsOf(result);
    expect(begin).toMatchObject({ trainSamples: 130, validationSamples: 14, testSamples: 36, loss: 'cross-entropy' });
    expect(begin.model).toBe('3 -> standardize -> 8 relu -> 3 linear');
    const epochs = events.filter(({ event }) => event === 'epoch');
    expect(epochs).toHaveLength(30);
    for (const epoch of epochs) {
      expect(Object.keys(epoch)).toEqual(expect.arrayContaining(['validationLoss', 'validationAccuracy']));
      expect(epoch).not.toHaveProperty('testAccuracy');
    }
    const end = events.at(-1);
    expect(end).toMatchObject({ testAccuracy: 1, bestValidationAccuracy: expect.any(Number) });
    expect(result.stderr).toMatch(/\nbest held-out accuracy [\d.]+ % after epoch \d+, .* in all\ntest loss /);

    const evaluated = await retrograd(['eval', saved, '--data', file, ...cpu, '--json']);
    expect(evaluated.code, evaluated.stderr).toBe(0);
    expect(eventsOf(evaluated)[0]).toMatchObject({ testLoss: end.testLoss, samples: 36 });
    // Nothing of another table was trained on, and one of another seed would be.
    const [more, single] = [join(folder, 'more.csv'), join(folder, 'single.csv')];
    await writeFile(more, (await readFile(file, 'utf8')).split('\n').slice(0, 40).join('\n'));
    await writeFile(single, 'length,colour,kind\n2.1,red,broom');
    for (const [table, samples] of [
      [more, 39],
      [single, 1],
    ] as const) {
      const all = await retrograd(['eval', saved, '--data', table, ...cpu, '--json']);
      expect(all.code, all.stderr).toBe(0);
      expect(eventsOf(all)[0]).toMatchObject({ testAccuracy: 1, samples, trainSamples: null });
      expect(all.stderr).toMatch(/: \d+ samples, all to test on\n/);
    }
    const redrawn = await retrograd(['eval', saved, '--data', file, '--test', '0.5', ...cpu]);
    expect(redrawn).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--test: expected without a file, whose'),
    });
    const resumed = await retrograd(['train', '--resume', saved, '--data', file, '--epochs', '31', ...cpu, '--json']);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(eventsOf(resumed)[1]).toMatchObject({ event: 'epoch', epoch: 31 });
  });

  test('gets predictions, a line per row, with the class and the outputs that name it', async () => {
    const saved = join(folder, 'predicts.safetensors');
    const flags = ['--epochs', '20', '--learning-rate', '0.01', '--columns', 'length,colour', '--save', saved];
    expect((await retrograd(['train', '--data', file, ...args, ...flags])).code).toBe(0);
    const [unlabelled, to] = [join(folder, 'new.csv'), join(folder, 'predicted.csv')];
    await writeFile(unlabelled, 'colour,length\nblue,1.1\nred,2.1\nblue,3.1\n');
    const predicting = ['predict', saved, '--input', unlabelled, ...cpu];
    const { code, stdout, stderr } = await retrograd(predicting);
    expect(code, stderr).toBe(0);
    const [header, ...lines] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','));
    expect(header).toEqual(['sample', 'class', 'aster', 'broom', 'clover']);
    expect(lines.map(([sample, name]) => [sample, name])).toEqual([
      ['1', 'aster'],
      ['2', 'broom'],
      ['3', 'clover'],
    ]);
    for (const [, , ...shares] of lines) expect(shares.map(Number).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    const written = await retrograd([...predicting, '--output', to, '--json']);
    expect(eventsOf(written)).toEqual([
      { event: 'predictions', file: saved, input: unlabelled, samples: 3, output: to },
    ]);
    expect(await readFile(to, 'utf8')).toBe(stdout);
    const again = await retrograd([...predicting, '--output', to]);
    expect(again).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--output: expected a file that does not'),
    });
    await writeFile(unlabelled, 'colour,length\nmauve,1.1\n');
    const unknown = await retrograd(predicting);
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toMatch(/line 2, .*colour.*expected one of .*blue.*red.*mauve/);
    await writeFile(unlabelled, 'colour;length\nred;2.1\n');
    const semicolons = await retrograd([...predicting, '--delimiter', ';']);
    expect(semicolons.stdout).toMatch(/^sample,class,.*\n1,broom,/);
    const listed = await retrograd(['summary', saved, '--json']);
    expect(eventsOf(listed)[0]).toMatchObject({ event: 'summary', input: [3], parameters: 8 * 3 + 8 + 3 * 8 + 3 });
  });

  test('means for a saved net what it meant in training: scale, classes, and samples of one shape', async () => {
    const table = join(folder, 'scaled.csv');
    const rows = Array.from({ length: 40 }, (_, i) => `${100 * (i % 2) + i},${['low', 'top'][i % 2]}`);
    await writeFile(table, ['a,kind', ...rows].join('\n'));
    const train = await csv(table, { target: 'kind', scale: 0.01 });
    const model = sequential([1], [dense(4, tanh), dense(2)]);
    const net = await compile(model, {
      device: 'cpu',
      batch: 8,
      loss: softmaxCrossEntropy(),
      optimizer: adam({ learningRate: 0.1 }),
      seed: 1,
    });
    await net.fit(train, { epochs: 20 });
    const saved = join(folder, 'scaled.safetensors');
    await net.save(saved);
    const found = await retrograd(['predict', saved, '--input', table, ...cpu]);
    const expected = await net.predict(train);
    const shares = found.stdout
      .trimEnd()
      .split('\n')
      .slice(1)
      .flatMap((line) => line.split(',').slice(2).map(Number));
    expect(shares).toHaveLength(expected.length);
    for (const [i, share] of shares.entries()) expect(share).toBeCloseTo(expected[i], 6);
    net.destroy();
    // A file with one class more, that comes before the others.
    await writeFile(table, ['a,kind', ...rows, '5,apex'].join('\n'));
    const other = await retrograd(['eval', saved, '--data', table, '--target', 'kind', ...cpu]);
    expect(other).toMatchObject({ code: 1, stderr: expect.stringMatching(/expected one of .*low.*top.*apex/) });
    await writeFile(table, ['a,kind', ...rows.slice(1, 30)].join('\n'));
    const fewer = await retrograd(['eval', saved, '--data', table, '--target', 'kind', ...cpu, '--json']);
    expect(fewer.code, fewer.stderr).toBe(0);
    expect(eventsOf(fewer)[0]).toMatchObject({ testAccuracy: 1, samples: 29 });
    expect(fewer.stderr).toMatch(/\nweights .*scaled\.safetensors, which does not say what it was trained on\n/);
    const array = join(folder, 'wide.npy');
    await writeFile(array, npyOf([2, 3], [1, 2, 3, 4, 5, 6]));
    const wide = await retrograd(['predict', saved, '--input', array, ...cpu]);
    expect(wide).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('expected samples of shape [1], found an array of [2, 3]'),
    });
  });

  test('writes a log that a resumed run goes on with', async () => {
    const [saved, log] = [join(folder, 'logged.safetensors'), join(folder, 'log.csv')];
    const flags = ['--save', saved, '--log', log];
    expect((await retrograd(['train', '--data', file, ...args, ...flags, '--epochs', '2'])).code).toBe(0);
    const refused = await retrograd(['train', '--data', file, ...args, '--log', log]);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--log: expected a file that does not') });
    const resumed = ['--resume', saved, '--data', file, '--epochs', '3', '--log', log, ...cpu];
    expect((await retrograd(['train', ...resumed])).code).toBe(0);
    const [header, ...rows] = (await readFile(log, 'utf8')).trimEnd().split('\n');
    expect(header).toMatch(/^epoch,trainLoss,.*validation\.accuracy/);
    expect(rows.map((row) => row.split(',')[0])).toEqual(['1', '2', '3']);
  });

  test('of values is fitted by the squared error, and judged by the loss', async () => {
    const flags = ['--target', 'price', '--columns', 'length', '--missing', 'drop', '--epochs', '20', '--keep-best'];
    const result = await retrograd(['train', '--data', file, ...flags, '--batch', '10', ...onCpu, '--json']);
    expect(result.code, result.stderr).toBe(0);
    const [begin, first] = eventsOf(result);
    expect(begin).toMatchObject({ loss: 'mse', model: '1 -> standardize -> 8 relu -> 1 linear' });
    expect(first).not.toHaveProperty('validationAccuracy');
    const end = eventsOf(result).at(-1);
    expect(end.testLoss).toBeLessThan(first.validationLoss);
    expect(end.bestValidationLoss).toBeLessThan(first.validationLoss);
    expect(result.stderr).toMatch(/\nlowest held-out loss [\d.]+ after epoch \d+, /);
  });

  test.each([
    [[], 2, '--target: expected with a CSV file, to say which column to predict, found none'],
    [['--target', 'price', '--missing', 'drop', '--target-accuracy', '9'], 2, 'expected with classes, found values'],
    [['--target', 'kind', '--model', 'lenet', '--missing', 'drop'], 2, '--standardize: expected inputs only with'],
    [['--target', 'weight'], 1, 'weight'],
    [['--target', 'kind', '--sample-weights', 'length,price'], 2, 'Expected the name or the number of one column.'],
    [['--target', 'kind', '--sample-weights', 'trust'], 1, 'sampleWeights: expected a column'],
    [['--target', 'kind'], 1, 'line 52, column 0 ("length")'],
  ])('with %s fails', async (more, code, words) => {
    const result = await retrograd(['train', '--data', file, ...more, '--batch', '10', ...cpu]);
    expect(result.stderr).toContain(words);
    expect(result).toMatchObject({ code, stdout: '' });
  });

  test('with a column of weights, which is no input: what weighs nothing has no part in the loss', async () => {
    const weighted = join(folder, 'weighted.csv');
    const rows = Array.from({ length: 40 }, (_, i) => (i % 4 ? `${i / 40},1,${i / 20}` : `${i / 40},0,-500`));
    await writeFile(weighted, ['size,trust,price', ...rows].join('\n'));
    const train = [
      'train',
      '--data',
      weighted,
      '--target',
      'price',
      '--batch',
      '10',
      '--epochs',
      '1',
      ...onCpu,
      '--json',
    ];
    const [begin, ...later] = eventsOf(await retrograd([...train, '--sample-weights', 'trust']));
    expect(begin.model).toBe('1 -> standardize -> 8 relu -> 1 linear');
    expect(later.at(-1).testLoss).toBeLessThan(100);
    expect(eventsOf(await retrograd(train)).at(-1).testLoss).toBeGreaterThan(1000);
  });

  test('with standardized inputs or without them', async () => {
    const run = async (more: string[]) =>
      eventsOf(await retrograd(['train', '--data', file, ...args, '--epochs', '1', '--json', ...more]))[0];
    expect((await run(['--standardize', 'none'])).model).toBe('4 -> 8 relu -> 3 linear');
    expect((await run(['--standardize', 'inputs'])).model).toBe('4 -> standardize -> 8 relu -> 3 linear');
  });
});

describe('pictures', () => {
  test('in a folder for each class are trained on, and predicted for', async () => {
    const pictures = join(folder, 'pictures');
    for (const [name, grey] of [
      ['dark', 20],
      ['light', 230],
    ] as const) {
      await mkdir(join(pictures, name), { recursive: true });
      for (let i = 0; i < 10; i++) {
        await writeFile(join(pictures, name, `${i}.png`), await writeSimplePng(4, 4, Array(16).fill(grey + i)));
      }
    }
    const saved = join(folder, 'pictures.safetensors');
    const training = ['--size', '2', '--channels', '1', '--epochs', '60', '--batch', '4', '--learning-rate', '0.01'];
    const result = await retrograd(['train', '--data', pictures, ...training, ...onCpu, '--json', '--save', saved]);
    expect(result.code, result.stderr).toBe(0);
    expect(eventsOf(result)[0]).toMatchObject({ trainSamples: 16, testSamples: 4, model: '4 -> 8 relu -> 2 linear' });
    const found = await retrograd(['predict', saved, '--input', pictures, ...cpu]);
    expect(found.code, found.stderr).toBe(0);
    const rows = found.stdout
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((row) => row.split(','));
    expect(rows).toHaveLength(20);
    for (const [path, name] of rows) expect(path).toContain(join(pictures, name));
    const evaluated = await retrograd(['eval', saved, '--data', pictures, ...cpu, '--json']);
    expect(eventsOf(evaluated)[0]).toMatchObject({ testAccuracy: 1, samples: 4 });
    const counted = await retrograd(['eval', saved, '--data', pictures, ...cpu, '--confusion', '--json']);
    const { metrics } = eventsOf(counted)[0];
    expect(metrics.confusion).toEqual({
      classes: ['dark', 'light'],
      counts: [
        [2, 0],
        [0, 2],
      ],
    });
    expect(metrics.f1).toBe(1);
    expect(counted.stderr).toMatch(/\nclass \\ said +dark +light\ndark +2 +0\nlight +0 +2\n/);
    const to = join(folder, 'pictures-in-pytorch');
    const exported = await retrograd(['export', saved, '--to', 'pytorch', to, '--data', pictures]);
    expect(exported.code, exported.stderr).toBe(0);
    const parts = await images(pictures, { size: 2, channels: 1, test: 0.2, seed: 0 });
    for (const part of ['train', 'test'] as const) {
      expect((await npy(join(to, `data/${part}-inputs.npy`))).data).toEqual(parts[part].inputs.data);
      expect((await npy(join(to, `data/${part}-targets.npy`))).data).toEqual(parts[part].targets.data);
    }
    const others = await retrograd(['export', saved, '--to', 'pytorch', join(folder, 'others'), '--data', 'digits']);
    expect(others).toMatchObject({ code: 1, stderr: expect.stringContaining('which it was trained on, found digits') });
    const inside = await retrograd(['predict', saved, '--input', 'pictures/dark', ...cpu], {}, folder);
    expect(inside.stdout, inside.stderr).toMatch(/\npictures\/dark\/0\.png,dark,/);
    await mkdir(join(folder, 'hollow', 'dark'), { recursive: true });
    const hollow = await retrograd(['train', '--data', join(folder, 'hollow'), ...cpu]);
    expect(hollow).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('expected pictures of each class, found none of'),
    });
    const small = await retrograd(['train', '--data', 'digits', '--size', '2']);
    expect(small).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--size: expected with a folder of pictures'),
    });
  });
});

describe('eval', () => {
  test('tests untrained parameters and says that they are', async () => {
    const { code, stdout } = await retrograd(['eval', ...few, ...onCpu]);
    expect(code).toBe(0);
    expect(stdout).toContain('not trained');
    expect(stdout).toMatch(/\ntest loss [\d.]+ +test accuracy [\d.]+ % +[\d.]+ s\n$/);
  });

  test('finds what training saved, with no option but the data given', async () => {
    const file = join(folder, 'new', 'run.safetensors');
    const flags = [...few, ...onCpu, '--activation', 'tanh', '--init', 'normal:0.1', '--loss', 'mse'];
    const trained = eventsOf(await retrograd(['train', ...flags, '--json', '--save', file]));
    const end = trained.at(-1);
    const result = await retrograd(['eval', file, ...own, ...cpu, '--json']);
    expect(result.code, result.stderr).toBe(0);
    expect(eventsOf(result)).toMatchObject([
      {
        event: 'evaluation',
        file,
        samples: 100,
        model: '784 -> 8 tanh -> 10 sigmoid',
        testLoss: trained.filter(({ event }) => event === 'epoch').at(-1).testLoss,
        parametersSha256: end.parametersSha256,
      },
    ]);
    expect(await readdir(join(folder, 'new'))).toEqual(['run.safetensors']);
  });

  test('evaluates what a program of your own saved, by the model and the data that its file says', async () => {
    const file = join(folder, 'in-code.safetensors');
    const training = { loss: quadratic(), optimizer: sgd({ learningRate: 0.1 }) };
    const net = await compile(sequential([784], [dense(7, tanh), dense(10, sigmoid)]), {
      ...{ device: 'cpu', batch: 100 }, // as that of eval, for the same bits
      ...training,
    });
    const { train, test } = digits({ train: 100 });
    await net.fit(train, { epochs: 1 });
    await net.save(file, { weightsOnly: true });
    const result = await retrograd(['eval', file, ...cpu, '--json']);
    expect(result.code, result.stderr).toBe(0);
    const { loss, accuracy } = await net.evaluate(test);
    const found = { model: '784 -> 7 tanh -> 10 sigmoid', data: 'digits', testLoss: loss, testAccuracy: accuracy };
    expect(eventsOf(result)).toMatchObject([found]);
    const told = await retrograd(['eval', file, ...own, ...cpu]);
    expect(told.stdout).toMatch(/\nmodel +784 -> 7 tanh -> 10 sigmoid: 5,575 parameters, quadratic, seed 0\n/);
    const wrong = await retrograd(['eval', file, '--hidden', '7', ...cpu]);
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      expect.stringContaining('--hidden: expected with a file that does not say its model'),
    ]);
    const { tensors, metadata } = parseSafetensors(await readFile(file));
    const { data: _, ...model } = JSON.parse(metadata['retrograd.model']);
    await writeFile(file, formatSafetensors(tensors, { 'retrograd.model': JSON.stringify(model) }));
    const nameless = await retrograd(['eval', file, ...cpu]);
    expect([nameless.code, nameless.stderr]).toEqual([2, expect.stringContaining('does not name any')]);
    net.destroy();
  });

  test('takes the weights of other programs, with the options that make their net', async () => {
    const file = join(folder, 'weights.safetensors');
    await writeFile(file, formatSafetensors(whole));
    const { code, stdout, stderr } = await retrograd(['eval', file, ...few, ...onCpu]);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^test loss 2\.3026 /m); // ln 10: all classes are as likely
  });

  test('takes them in several files, and says which of their numbers are rounded', async () => {
    const at = join(folder, 'parts');
    await mkdir(at);
    const { 'layers.0.bias': bias, ...others } = whole;
    const { stored } = parseStored(formatSafetensors(others), 'some');
    const wide = { dtype: 'F64', shape: [8], bytes: new Uint8Array(new Float64Array(8).fill(0.1).buffer) } as const;
    await writeFile(join(at, 'one.safetensors'), formatStored({ stored: { 'layers.0.bias': wide }, metadata: {} }));
    await writeFile(join(at, 'other.safetensors'), formatStored({ stored, metadata: {} }));
    const map = Object.fromEntries(Object.keys(whole).map((name) => [name, 'other.safetensors']));
    const index = join(at, 'model.safetensors.index.json');
    await writeFile(index, JSON.stringify({ weight_map: { ...map, 'layers.0.bias': 'one.safetensors' } }));
    const { code, stdout, stderr } = await retrograd(['eval', index, ...few, ...onCpu]);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^test loss 2\.3026 /m);
    expect(stderr).toContain(`${index}: 32-bit floats do not hold all numbers of layers.0.bias, which are rounded\n`);
    expect(bias.shape).toEqual(wide.shape);
  });

  test('a file that cannot be written fails before the training', async () => {
    for (const file of [folder, join(folder, 'train-labels-idx1-ubyte', 'run.safetensors')]) {
      const { code, stdout, stderr } = await retrograd(['train', ...few, ...onCpu, '--save', file]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain(`error: ${file}: expected a `);
    }
  });

  const zeros = (shape: number[]) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b)) });
  const whole = {
    'layers.0.weight': zeros([8, 784]),
    'layers.0.bias': zeros([8]),
    'layers.1.weight': zeros([10, 8]),
    'layers.1.bias': zeros([10]),
  };
  const cli = (text: string) => formatSafetensors(whole, { 'retrograd.cli': text });
  const data = { name: 'x', count: 1, digest: 'x' };
  test.each([
    ['nothing', undefined, 'no such file'],
    ['no tensors', new Uint8Array(3), 'expected the size of a header in the first 8 bytes, found 3'],
    ['a tensor too many', formatSafetensors({ ...whole, extra: zeros([1]) }), 'extra: not in this model'],
    ['options that are none', cli('[]'), 'metadata retrograd.cli: expected what train --save writes'],
    [
      'an option that is none',
      cli(JSON.stringify({ options: { '--hidden': 'x' }, data })),
      '--hidden: Expected positive',
    ],
  ])('refuses a file with %s', async (name, content, words) => {
    const file = join(folder, `${name}.safetensors`);
    if (content) await writeFile(file, content);
    const { code, stderr } = await retrograd(['eval', file, ...few, '--device', 'cpu', '--activation', 'relu']);
    expect(code).toBe(1);
    expect(stderr).toContain(`error: ${file}: `);
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});

describe.skipIf(process.platform === 'win32')('what ends a training that is saved', () => {
  const long = (file: string) => ['train', ...few, ...onCpu, '--epochs', '100000', '--save', file];
  const saved = async (file: string) => JSON.parse(parseSafetensors(await readFile(file)).metadata.retrograd).position;

  test('a terminal that hangs up', async () => {
    const file = join(folder, 'hung-up.safetensors');
    const child = start(long(file));
    child.stdout!.on('data', (text) => /epoch +1\//.test(String(text)) && child.kill('SIGHUP'));
    const { code, stderr } = await child.ended;
    expect(code).toBe(129);
    expect(stderr).toMatch(/^saved to .*hung-up\.safetensors after .* epochs?\nerror: interrupted \(SIGHUP\)\n$/);
    expect((await saved(file)).epochs).toBeGreaterThan(0);
  });

  test('a reader that leaves', async () => {
    const file = join(folder, 'left.safetensors');
    const child = start(long(file));
    child.stdout!.on('data', (text) => /epoch +1\//.test(String(text)) && child.stdout!.destroy());
    const { code, stderr } = await child.ended;
    expect(code).toBe(141);
    expect(stderr).toMatch(
      /^saved to .*left\.safetensors after .* epochs?\nerror: stdout: the reader has closed the pipe\n$/,
    );
    expect((await saved(file)).epochs).toBeGreaterThan(0);
  });

  // Its first line already cannot be written, be that before the training or after its first steps.
  test.runIf(process.platform === 'linux')('a full disk behind stdout', async () => {
    const file = join(folder, 'full.safetensors');
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [cli, ...long(file)], { stdio: ['ignore', full, 'pipe'] });
    let stderr = '';
    child.stderr!.on('data', (text) => {
      stderr += text;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    closeSync(full);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: stdout: cannot be written: ENOSPC: .*\n$/m);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(existsSync(file)).toBe(stderr.startsWith('saved to '));
  });

  test('Ctrl-C before anything is trained leaves the file as it is', async () => {
    const file = join(folder, 'trained.safetensors');
    await writeFile(file, 'what was trained for a week');
    const args = ['train', ...few, ...onCpu, '--json', '--overwrite', '--save', file];
    // The signal comes once the training has been announced, and before its first step.
    const early = `
      const { write } = process.stdout;
      process.stdout.write = (...args) => {
        if (String(args[0]).includes('"event":"start"')) process.emit('SIGINT', 'SIGINT');
        return write.apply(process.stdout, args);
      };`;
    const result = await retrograd(args, {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(early)}`,
    });
    expect(result.code).toBe(130);
    expect(result.stderr).toMatch(/no step was trained: .*trained\.safetensors is unchanged\nerror: interrupted/);
    expect(await readFile(file, 'utf8')).toBe('what was trained for a week');
  });
});

describe('a file of somebody else', () => {
  test('names no path, address or device, and no command of a terminal', async () => {
    const [file, victim] = [join(folder, 'evil.safetensors'), join(folder, 'victim')];
    await writeFile(victim, 'precious');
    await retrograd(['train', ...few, ...onCpu, '--epochs', '1', '--save', file]);
    const { tensors, metadata } = parseSafetensors(await readFile(file));
    const known = JSON.parse(metadata['retrograd.cli']);
    const evil = { '--save': victim, '--save-every': '1', '--overwrite': 'true', '--check': '1', '--tune': 'now' };
    const options = { ...known.options, ...evil, '--device': 'gpu', '--data': 'http://127.0.0.1:9/', '--epochs': '2' };
    const write = (data: object, more: object = {}) => {
      const text = JSON.stringify({ ...known, options: { ...options, ...more }, data: { ...known.data, ...data } });
      const { retrograd } = metadata; // no checksums: who writes such a file leaves them out
      return writeFile(file, formatSafetensors(tensors, { retrograd, 'retrograd.cli': text }));
    };
    await write({});
    const resumed = await retrograd(['train', '--resume', file, ...own, ...cpu]);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(resumed.stdout).not.toContain('saved');
    expect(await readFile(victim, 'utf8')).toBe('precious');
    for (const args of [
      ['eval', file],
      ['train', '--resume', file],
    ]) {
      const { code, stdout, stderr } = await retrograd([...args, ...cpu]);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(
        /^error: --data: expected the file, folder or URL of the data that .* was trained on \(custom IDX set /,
      );
    }
    await write({ name: '\u001b]0;title\u0007\ntest accuracy 100.00 %' }, { '--hidden': '\u001b[2J' });
    for (const args of [
      ['eval', file],
      ['eval', file, '--hidden', '8'],
    ]) {
      const { code, stdout, stderr } = await retrograd([...args, ...cpu]);
      expect([code === 1 || code === 2, stdout]).toEqual([true, '']);
      expect(stderr).toMatch(/^error: .*\\u001b.*\n$/);
      expect(stderr).not.toContain('\u001b');
    }
  });
});

describe('save and resume', () => {
  const flags = (file: string) => [...few, '--hidden', '8', '--save', file, '--json'];
  const epochsIn = (result: Result) => eventsOf(result).filter(({ event }) => event === 'epoch');
  const lossesIn = (result: Result) => epochsIn(result).map(({ epoch, trainLoss }) => [epoch, trainLoss]);

  test('two runs of two epochs are one of four, bit by bit', async () => {
    const [whole, part, again] = ['whole', 'part', 'again'].map((name) => join(folder, `${name}.safetensors`));
    const settings = ['--seed', '3', '--learning-rate', '0.01', '--augment', 'rotate=10', '--schedule', 'cosine'];
    settings.push('--batch-norm', '--dropout', '0.2', '--epochs', '4');
    const four = await retrograd(['train', ...flags(whole), ...settings]);
    expect(four.code, four.stderr).toBe(0);
    const two = await retrograd(['train', ...flags(part), ...settings, '--stop-after', '2']);
    const rest = await retrograd(['train', '--resume', part, ...own, '--save', again, '--json']);
    expect(rest.code, rest.stderr).toBe(0);
    expect([...lossesIn(two), ...lossesIn(rest)]).toEqual(lossesIn(four));
    expect(eventsOf(rest)[0]).toMatchObject({ learningRate: 0.01, resumed: { file: part, steps: 20, epochs: 2 } });
    const end = ({ seconds, file, ...more }: Record<string, unknown>) => more;
    expect(end(eventsOf(rest).at(-1))).toEqual(end(eventsOf(four).at(-1)));
    const [first, second] = await Promise.all([whole, again].map((file) => readFile(file)));
    expect(second.equals(first)).toBe(true);
  });

  test('another net starts from the parameters that fit, some of them frozen until they are thawed', async () => {
    const [body, head, thawed] = ['body', 'head', 'thawed'].map((name) => join(folder, `${name}.safetensors`));
    await retrograd(['train', ...flags(body), '--epochs', '1']);
    const from = ['--start-from', body, '--hidden', '8,6', '--freeze', 'layers.0.*', '--epochs', '1'];
    const begun = await retrograd(['train', ...few, '--save', head, '--json', ...from]);
    expect(begun.code, begun.stderr).toBe(0);
    expect(begun.stderr).toMatch(/^training .*, layers\.0\.\* frozen/m);
    const rest = ['layers.1.weight', 'layers.1.bias', 'layers.2.weight', 'layers.2.bias'];
    const taken = ['layers.0.weight', 'layers.0.bias'];
    const unexpected = ['layers.1.weight', 'layers.1.bias'];
    expect(eventsOf(begun)[0]).toMatchObject({ startedFrom: { file: body, taken, missing: rest, unexpected } });
    expect(begun.stderr).toMatch(/^parameters +2 of 6 from .*, all but layers\.1\.weight, layers\.1\.bias, /m);
    const again = ['--resume', head, '--freeze', 'none', '--epochs', '2', '--save', thawed];
    const ended = await retrograd(['train', ...own, ...again]);
    expect(ended.code, ended.stderr).toBe(0);
    const [first, second, third] = await Promise.all(
      [body, head, thawed].map(async (file) => parseSafetensors(await readFile(file)).tensors['layers.0.weight'].data),
    );
    expect(second).toEqual(first);
    expect(third).not.toEqual(first);
  });

  test.skipIf(process.platform === 'win32')('Ctrl-C saves, and what was interrupted comes out the same', async () => {
    const [whole, part] = ['uninterrupted', 'interrupted'].map((name) => join(folder, `${name}.safetensors`));
    const long = ['--epochs', '100', '--save-every', '1'];
    const child = start(['train', ...flags(part), ...long]);
    let seen = 0;
    child.stdout!.on('data', (text) => {
      const before = seen;
      seen += String(text).split('"event":"epoch"').length - 1;
      if (before < 2 && seen >= 2) child.kill('SIGINT');
    });
    const stopped = await child.ended;
    expect(stopped.code, stopped.stderr).toBe(130);
    const [save, error] = eventsOf(stopped).slice(-2);
    expect(error).toMatchObject({ event: 'error', name: 'InterruptedError' });
    expect(save).toMatchObject({ event: 'save', file: part });
    const rest = await retrograd(['train', '--resume', part, ...own, '--save', part, '--json']);
    expect(rest.code, rest.stderr).toBe(0);
    const all = await retrograd(['train', ...flags(whole), '--epochs', '100']);
    expect([...lossesIn(stopped), ...lossesIn(rest)]).toEqual(lossesIn(all));
    expect(parseSafetensors(await readFile(part)).tensors).toEqual(parseSafetensors(await readFile(whole)).tensors);
  });

  test('what does not go with the file is refused', async () => {
    const file = join(folder, 'refused.safetensors');
    await retrograd(['train', ...flags(file), '--epochs', '1']);
    const before = await readFile(file);
    const cases: [string[], number, RegExp][] = [
      [['--hidden', '9'], 1, /layers\.0\.weight: expected \[9, 784\], found \[8, 784\]/],
      [['--optimizer', 'sgd'], 1, /optimizer\.kind: expected "sgd", found "adam"/],
      [
        ['--data', 'digits'],
        1,
        /expected custom IDX set .* with 300 samples, which it was trained on, found digits train with 10000/,
      ],
      [['--epochs', '1'], 2, /--epochs: expected more than the 1 epoch of /],
      [['--epochs', '3', '--stop-after', '1'], 2, /--stop-after: expected more than the 1 epoch of /],
      [['--seed', '7'], 2, /--seed: expected without --resume/],
      [['--schedule', 'cosine'], 2, /--schedule: expected without --resume/],
      [['--warm-up', '3'], 2, /--warm-up: expected without --resume/],
      [['--init', 'he'], 2, /--init: expected without --resume/],
      [['--validation', '0.2'], 2, /--validation: expected without --resume/],
      [['--keep-best'], 2, /--keep-best: expected with a file from a run that held out samples/],
      [['--patience', '2'], 2, /--patience: expected with a file from a run that held out samples/],
      [['--accumulate', '2'], 1, /update.accumulate: expected 2, found 1/],
    ];
    for (const [args, code, words] of cases) {
      const epochs = args.includes('--epochs') ? [] : ['--epochs', '2'];
      const data = args.includes('--data') ? [] : own;
      const result = await retrograd(['train', '--resume', file, '--save', file, ...data, ...epochs, ...args]);
      expect(result.code, result.stderr).toBe(code);
      expect(result.stderr).toMatch(words);
      expect((await readFile(file)).equals(before)).toBe(true);
    }
    for (const place of [`${folder}/`, join(file, 'x')]) {
      const nowhere = await retrograd(['train', ...few, '--save', place]);
      expect([nowhere.code, nowhere.stdout]).toEqual([1, '']);
      expect(nowhere.stderr).toMatch(/^error: .*: expected a f/m);
    }
    const alone = await retrograd(['train', ...few, '--save-every', '1']);
    expect([alone.code, alone.stderr]).toEqual([2, 'error: --save-every: expected with --save, found without\n']);
  });

  test('a file that is there is replaced only where that is said', async () => {
    const [one, other] = ['kept', 'kept-too'].map((name) => join(folder, `${name}.safetensors`));
    for (const file of [one, other]) {
      const made = await retrograd(['train', ...flags(file), ...cpu, '--epochs', '1']);
      expect(made.code, made.stderr).toBe(0);
    }
    const before = await readFile(one);
    await symlink('kept.safetensors', join(folder, 'link-to-kept'));
    const refused: [string[], string][] = [
      [[...few, ...onCpu], one],
      [[...few, ...onCpu], join(folder, 'link-to-kept')],
      [['--resume', other, ...own, ...cpu, '--epochs', '2'], one],
    ];
    for (const [args, file] of refused) {
      const { code, stdout, stderr } = await retrograd(['train', ...args, '--save', file]);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(
        '--save: expected a file that does not exist yet, or --resume with it to continue, or --overwrite',
      );
      expect((await readFile(one)).equals(before)).toBe(true);
    }
    const allowed = [
      ['--resume', one, ...own, ...cpu, '--epochs', '2', '--save', join(folder, 'link-to-kept')],
      [...few, ...onCpu, '--epochs', '1', '--seed', '5', '--overwrite', '--save', one],
    ];
    let last = before;
    for (const args of allowed) {
      const { code, stderr } = await retrograd(['train', ...args]);
      expect(code, stderr).toBe(0);
      const now = await readFile(one);
      expect(now.equals(last)).toBe(false);
      last = now;
    }
  });

  test('where a schedule has come to its end, a learning rate takes its place', async () => {
    const [file, on] = ['ended', 'ended-on'].map((name) => join(folder, `${name}.safetensors`));
    await retrograd(['train', ...flags(file), '--epochs', '1', '--schedule', 'cosine', '--warm-up', '2']);
    const more = ['train', '--resume', file, ...own, '--epochs', '2', '--save', on];
    const ended = await retrograd(more);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/^error: --learning-rate: .* has ended at a rate of 0, found none$/m);
    const first = await retrograd([...more, '--learning-rate', '0.01']);
    expect(first.stdout).toMatch(/^training +adam, learning rate 0\.01, batches of \d+, \d+ dispatches/m);
    const next = await retrograd(['train', '--resume', on, ...own, '--epochs', '3']);
    expect(next.stdout).toMatch(/^training +adam, learning rate 0\.01, batches of \d+, \d+ dispatches/m);
  });

  test('of a training whose patience had run out tells which epoch it keeps', async () => {
    const file = join(folder, 'out-of-patience.safetensors');
    // What a process that is killed after one of its saves leaves.
    const copying = `
      import fs from 'node:fs/promises';
      import { syncBuiltinESMExports } from 'node:module';
      const { rename, copyFile } = fs;
      let saves = 0;
      fs.rename = async (from, to) => { await rename(from, to); await copyFile(to, to + '.' + ++saves); };
      syncBuiltinESMExports();`;
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(copying)}` };
    const control = ['--epochs', '30', '--patience', '1', '--keep-best', '--save-every', '1'];
    const whole = await retrograd(['train', ...flags(file), ...cpu, ...control], env);
    expect(whole.code, whole.stderr).toBe(0);
    const epochs = epochsIn(whole).length;
    expect(epochs).toBeLessThan(30);
    const rest = await retrograd([
      'train',
      '--resume',
      `${file}.${epochs}`,
      ...own,
      ...cpu,
      '--save',
      `${file}.${epochs}`,
      '--json',
    ]);
    expect(rest.code, rest.stderr).toBe(0);
    expect(epochsIn(rest)).toEqual([]);
    const end = ({ seconds, file, ...more }: Record<string, unknown>) => more;
    expect(eventsOf(rest).at(-1).keptEpoch).toBe(epochs - 1);
    expect(end(eventsOf(rest).at(-1))).toEqual(end(eventsOf(whole).at(-1)));
    expect(rest.stderr).toContain(`kept the parameters of epoch ${epochs - 1}, the best on the held-out samples`);
  });

  // Every call that writes a file, once done in part and once in full, is the last thing the process does.
  const patched = (point: string) => `
    import fs from 'node:fs/promises';
    import { syncBuiltinESMExports } from 'node:module';
    const die = (point) => { if (point === ${JSON.stringify(point)}) process.kill(process.pid, 'SIGKILL'); };
    const { open, rename } = fs;
    fs.open = async (path, ...more) => {
      const file = await open(path, ...more);
      const { sync, close } = file;
      if (!String(path).endsWith('.part')) {
        file.sync = async () => { await sync.call(file); die('folder synced'); };
        return file;
      }
      die('opened');
      file.writeFile = async (bytes) => {
        await file.write(bytes, 0, bytes.length >> 1);
        die('half');
        await file.write(bytes, bytes.length >> 1, bytes.length - (bytes.length >> 1));
        die('written');
      };
      file.sync = async () => { await sync.call(file); die('synced'); };
      file.close = async () => { await close.call(file); die('closed'); };
      return file;
    };
    fs.rename = async (...paths) => { await rename(...paths); die('renamed'); };
    syncBuiltinESMExports();`;
  test
    .skipIf(process.platform === 'win32')
    .each(['opened', 'half', 'written', 'synced', 'closed', 'renamed', 'folder synced', 'none'])(
    'killed while it saves (%s), a process leaves the old file or the new one',
    async (point) => {
      const file = join(folder, `killed-${point}.safetensors`);
      await retrograd(['train', ...flags(file), ...cpu, '--epochs', '1']);
      const old = await readFile(file);
      const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(patched(point))}` };
      const { code } = await retrograd(['train', '--resume', file, '--epochs', '2', ...flags(file), ...cpu], env);
      expect(code).toBe(point === 'none' ? 0 : null);
      const found = await readFile(file);
      const isNew = ['renamed', 'folder synced', 'none'].includes(point);
      expect(found.equals(old)).toBe(!isNew);
      const result = await retrograd(['eval', file, ...own, ...cpu, '--json']);
      expect(result.code, result.stderr).toBe(0);
      const { position } = JSON.parse(parseSafetensors(found).metadata.retrograd);
      expect(position.epochs).toBe(isNew ? 2 : 1);
    },
  );
});

describe('check', () => {
  test('shows every tensor of a step', async () => {
    const { code, stdout, stderr } = await retrograd(['check', ...few, '--hidden', '8']);
    expect(code, stderr).toBe(0);
    for (const tensor of ['z1', 'a1', 'z2', 'delta2', 'dW1', 'W1′', 'b2′'])
      expect(stdout).toMatch(new RegExp(`^${tensor} .* %$`, 'm'));
    expect(stdout).toMatch(/\n\d+ tensors of one step agree with the CPU reference\n$/);
  });

  test('--json: an event per tensor', async () => {
    const [begin, ...rest] = eventsOf(await retrograd(['check', ...few, '--hidden', '8', '--json']));
    const [tensors, end] = [rest.slice(0, -1), rest.at(-1)];
    expect(begin).toMatchObject({ event: 'start', device: 'gpu' });
    expect(end).toEqual({ event: 'end', ok: true, tensors: tensors.length, share: expect.any(Number) });
    expect(tensors[0]).toEqual({
      event: 'tensor',
      tensor: 'z1',
      shape: [8, 32],
      worst: Object.fromEntries(
        ['row', 'column', 'actual', 'expected', 'bound'].map((name) => [name, expect.any(Number)]),
      ),
      share: expect.any(Number),
    });
    expect(Math.max(...tensors.map(({ share }) => share))).toBe(end.share);
  });
});

describe('bench', () => {
  test('--json: an event per work, whose steps ask little of the device and make nothing', async () => {
    const result = await retrograd(['bench', '--work', 'xor', '--repeats', '1', '--json']);
    expect(result.code, result.stderr).toBe(0);
    const [begin, work, end, ...more] = eventsOf(result);
    expect(more).toEqual([]);
    expect(begin).toMatchObject({ event: 'start', adapter: expect.any(String), repeats: 1, works: ['xor'] });
    expect(work).toMatchObject({ event: 'work', name: 'xor', samplesPerStep: 4, flopPerStep: 896, repeats: 1 });
    for (const name of ['median', 'min', 'max']) expect(work.msPerStep[name]).toBeGreaterThan(0);
    expect(work.samplesPerSecond).toBeCloseTo(4000 / work.msPerStep.median, 6);
    const { dispatches, submits, uploadedBytes, readbacks, objects } = work.perStep;
    expect(dispatches).toBeGreaterThan(0);
    expect(dispatches).toBeLessThan(0.5);
    for (const few of [submits, readbacks]) expect(few).toBeGreaterThan(0);
    for (const few of [submits, readbacks]) expect(few).toBeLessThan(0.5);
    expect(uploadedBytes).toBeGreaterThanOrEqual(36);
    expect(uploadedBytes).toBeLessThanOrEqual(256);
    expect(objects).toBe(0);
    if (work.kernels) expect(work.kernels).toHaveLength(1);
    expect(end).toEqual({ event: 'end', works: 1 });
    expect(result.stderr).toMatch(/^xor +2 -> 16 sigmoid -> 1 sigmoid/m);
  });

  test('a net of your own, for people', async () => {
    const { code, stdout } = await retrograd(['bench', '--hidden', '8', '--batch', '64', '--repeats', '1']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^device +\S.*\n\nown +784 -> 8 relu -> 10 linear, .*, adam, batches of 64\n/);
    expect(stdout).toMatch(/\n {2}per step {2}\d+ dispatches, .*, 0 GPU objects created\n/);
  });

  test.each([
    [['--work', 'fast'], 'Expected one of mlp-small, xor, wide, lenet, matmul.\n'],
    [['--work', 'lanet'], 'Expected one of mlp-small, xor, wide, lenet, matmul. Did you mean lenet?'],
    [['--work', 'xor', '--size', '64'], '--size: expected with --work matmul, found with xor'],
    [['--hidden', '8', '--size', '64'], '--size: expected with --work matmul, found with a net'],
    [['--momentum', '0.5'], '--momentum: expected with --optimizer momentum or nesterov'],
    [['--repeats', '0'], 'Expected a positive integer'],
  ])('%j is a bad argument', async (args, words) => {
    const { code, stdout, stderr } = await retrograd(['bench', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
  });
});

describe('reproduce', () => {
  test('lists what there is', async () => {
    const { code, stdout } = await retrograd(['reproduce']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^nielsen-30 +4\.58 % +30 epochs +Nielsen 2015/m);
  });

  test('--json: an event per epoch and recipe, over the seeds', async () => {
    const line = ['reproduce', '--recipe', 'nielsen-30', '--epochs', '2', '--seeds', '2', '--data', folder, '--json'];
    const result = await retrograd(line);
    expect(result.code, result.stderr).toBe(0);
    const [begin, ...events] = eventsOf(result);
    expect(begin).toMatchObject({ event: 'start', data: folder, recipes: ['nielsen-30'], seeds: 2 });
    const epochs = events.slice(0, 4);
    expect(epochs.map(({ event, seed, epoch }) => [event, seed, epoch])).toEqual([
      ['epoch', 1, 1],
      ['epoch', 1, 2],
      ['epoch', 2, 1],
      ['epoch', 2, 2],
    ]);
    const errors = [0, 2].map((i) => Math.min(epochs[i].testError, epochs[i + 1].testError));
    expect(events[4]).toMatchObject({ event: 'recipe', name: 'nielsen-30', epochs: 2, epochsOfRecipe: 30, errors });
    expect(events[4].mean).toBeCloseTo((errors[0] + errors[1]) / 2, 10);
    expect(events[4].standardDeviation).toBeCloseTo(Math.abs(errors[0] - errors[1]) / Math.SQRT2, 10);
    expect(events.slice(5)).toEqual([{ event: 'end', recipes: 1 }]);
    expect(result.stderr).toMatch(/^nielsen-30 +4\.58 % +\d+\.\d\d ± \d+\.\d\d % +2 +2 of 30 /m);
  });

  test.each([
    ['a recipe that is not there', ['--recipe', 'hinton'], 'Expected one of nielsen-30, '],
    ['other data', ['--recipe', 'nielsen-30', '--data', 'digits'], '--data: expected MNIST'],
  ])('%s is a bad argument', async (_name, args, words) => {
    const { code, stderr } = await retrograd(['reproduce', ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });
});

describe('info', () => {
  test('shows adapter, limits, folders and versions', async () => {
    const { code, stdout } = await retrograd(['info'], { RETROGRAD_DATA: folder });
    expect(code).toBe(0);
    for (const word of ['adapter', 'maxBufferSize', `RETROGRAD_DATA`, folder, process.versions.node])
      expect(stdout).toContain(word);
  });

  test('--json: one event', async () => {
    const [event, ...more] = eventsOf(await retrograd(['info', '--json'], { RETROGRAD_DATA: folder }));
    expect(more).toEqual([]);
    expect(event).toMatchObject({
      event: 'info',
      adapter: expect.any(String),
      software: expect.any(Boolean),
      dataFolder: folder,
    });
    expect(event.limits.maxBufferSize).toBeGreaterThan(2 ** 20);
    expect(event.versions).toMatchObject({ node: process.versions.node, webgpu: expect.any(String) });
  });
});
