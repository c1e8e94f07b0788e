/** Options of the command: which a file may set, which are without effect, and what is held out; without any process. */
import type { Command } from 'commander';
import { describe, expect, test, vi } from 'vitest';
import { benchCommand } from '../../src/cli/bench.ts';
import { checkCommand } from '../../src/cli/check.ts';
import { type Checkpoint, dataOf, openCheckpoint } from '../../src/cli/checkpoint.ts';
import { evalCommand } from '../../src/cli/eval.ts';
import { holdOut } from '../../src/cli/held-out.ts';
import { infoCommand } from '../../src/cli/info.ts';
import { lossFlag, modelOf } from '../../src/cli/model-options.ts';
import { predictCommand } from '../../src/cli/predict.ts';
import { recall, remembered } from '../../src/cli/remembered-options.ts';
import { reproduceCommand } from '../../src/cli/reproduce.ts';
import { summaryCommand } from '../../src/cli/summary.ts';
import { trainCommand } from '../../src/cli/train.ts';
import { type ControlFlags, describeControl, fitOf } from '../../src/cli/training-options.ts';
import { batch, digits, fromArrays } from '../../src/data.node.ts';
import { ArgumentError, DataError, formatSafetensors } from '../../src/index.node.ts';
import { describeModel } from '../../src/nn/model.ts';
import { platform } from '../../src/platform/platform.ts';

vi.mock('../../src/cli/version.ts', () => ({ version: '0', versions: () => ({}) })); // it lies beside dist

const interrupted = { signal: new AbortController().signal, patience: 0 };
const commands = {
  train: () => trainCommand(interrupted),
  eval: evalCommand,
  predict: predictCommand,
  summary: summaryCommand,
  check: checkCommand,
  bench: () => benchCommand(interrupted),
  reproduce: () => reproduceCommand(interrupted),
  info: infoCommand,
};

/** What the action of a command, or the parser before it, throws. None of these gets as far as data or a device. */
async function thrownBy(line: string): Promise<unknown> {
  const [name, ...args] = line.split(' ');
  const command = commands[name as keyof typeof commands]();
  command.exitOverride().configureOutput({ outputError: () => {} });
  return command.parseAsync(args, { from: 'user' }).then(
    () => undefined,
    (error) => error,
  );
}

describe('an option without effect is refused', () => {
  test.each([
    ['train --metric loss', '--metric: expected with --patience or --keep-best'],
    ['train --decayed weights', '--decayed: expected with --weight-decay'],
    ['train --decayed all --weight-decay 0', '--decayed: expected with --weight-decay'],
    ['check --decayed all --weight-decay 0 --optimizer adamw', '--decayed: expected with --weight-decay'],
    ['bench --decayed weights', '--decayed: expected with --weight-decay'],
    ['train --activation tanh --hidden none', '--activation: expected with hidden layers'],
    ['eval --activation tanh --hidden none', '--activation: expected with hidden layers'],
    ['check --activation relu --hidden none', '--activation: expected with hidden layers'],
    ['train --dropout 0.2 --hidden none', '--dropout: expected with hidden layers'],
    ['bench --batch-norm --hidden none', '--batch-norm: expected with hidden layers'],
    ['bench --activation tanh --hidden none', '--activation: expected with hidden layers'],
    ['train --tune off --device cpu', '--tune: expected on a GPU'],
    ['train --target species', '--target: expected with a CSV file as --data, found it without --data'],
    ['check --data digits --missing mean', '--missing: expected with a CSV file as --data, found --data digits'],
    ['train --start-from a --resume b', '--start-from: expected without --resume'],
    ['train --overwrite', '--overwrite: expected with --save or --log, found neither'],
    ['train --save-every 2', '--save-every: expected with --save, found without'],
    ['eval some.safetensors --seed 1', '--seed: expected without a file'],
    ['eval some.safetensors --init he', '--init: expected without a file'],
    ['reproduce --seeds 1', '--seeds: expected with --recipe'],
    ['reproduce --epochs 1', '--epochs: expected with --recipe'],
    ['reproduce --data mnist', '--data: expected with --recipe'],
  ])('%s', async (line, words) => {
    const error = await thrownBy(line);
    expect(error).toBeInstanceOf(ArgumentError);
    expect((error as Error).message).toContain(words);
  });

  test('and a share to hold out that is none', async () => {
    expect(String(await thrownBy('train --validation 1'))).toContain('Expected a number above 0 and below 1');
  });
});

/** A value that the option takes. */
const valueFor: Record<string, string> = {
  ...{
    '--data': 'digits',
    '--device': 'cpu',
    '--model': 'mlp',
    '--hidden': '8',
    '--activation': 'tanh',
    '--init': 'he',
  },
  ...{ '--loss': 'mse', '--optimizer': 'sgd', '--decayed': 'all', '--schedule': 'cosine', '--metric': 'loss' },
  ...{
    '--augment': 'rotate=3',
    '--tune': 'off',
    '--save': 'x',
    '--resume': 'x',
    '--start-from': 'x',
    '--freeze': 'layers.0.*',
    '--work': 'xor',
    '--recipe': 'lenet-5',
  },
  ...{
    '--target': 'species',
    '--sample-weights': 'weight',
    '--columns': 'length,0',
    '--categorical': 'colour',
    '--missing': 'drop',
  },
  ...{ '--delimiter': ';', '--size': '32', '--channels': '1', '--log': 'x.csv', '--input': 'x', '--output': 'x' },
  ...{ '--test': '0.5', '--standardize': 'inputs', '--on-non-finite': 'skip' },
  ...{ '--average': '0.5', '--label-smoothing': '0.5', '--momentum': '0.5', '--dropout': '0.5', '--validation': '0.5' },
};
const numbers = ['--seed', '--batch', '--learning-rate', '--weight-decay', '--epochs', '--target-accuracy', '--check'];
for (const flag of [...numbers, '--warm-up', '--clip', '--accumulate', '--patience', '--save-every', '--stop-after']) {
  valueFor[flag] = '3';
}
for (const flag of ['--repeats', '--seeds']) valueFor[flag] = '3';
const given = (flag: string): string[] => [flag, valueFor[flag]].filter((text) => text !== undefined);

test.each([
  ['', undefined, ''],
  ['--on-non-finite stop', 'stop', ''],
  ['--on-non-finite skip', 'skip', ', non-finite steps skipped'],
  ['--on-non-finite rewind', 'rewind', ', learning rate halved after non-finite steps'],
])('what to do about steps that are not finite: %s', async (line, onNonFinite, words) => {
  const command = commands.train();
  command.parseOptions(line.split(' ').filter(Boolean));
  const flags = command.opts<ControlFlags>();
  expect(fitOf(flags, true)).toMatchObject({ onNonFinite });
  expect(describeControl(flags)).toBe(words);
  expect(String(await thrownBy('train --on-non-finite ignore'))).toContain('Expected one of stop, skip, rewind');
});

describe('an option given twice is refused', () => {
  test.each(Object.keys(commands))('%s', async (name) => {
    const command = commands[name as keyof typeof commands]();
    for (const { long, required } of command.options) {
      const once = given(long!);
      expect(once, `${long} takes a value`).toHaveLength(required ? 2 : 1);
      const error = await thrownBy([name, ...once, ...once].join(' '));
      expect(error, long).toBeInstanceOf(ArgumentError);
      expect((error as Error).message).toBe(`${long}: expected once, found twice`);
    }
  });

  test('and a setting of --augment', async () => {
    expect(String(await thrownBy('train --augment rotate=1,rotate=2'))).toContain('Expected each setting only once');
  });
});

/** What says where something is read, written or run, or only how a run is made. */
const notOfAFile = [
  ...['--data', '--device', '--save', '--save-every', '--log', '--overwrite', '--resume', '--start-from'],
  ...['--check', '--tune', '--target-accuracy', '--stop-after', '--json'],
];

describe('a file', () => {
  const everything = Object.fromEntries(commands.train().options.map(({ long }) => [long!, valueFor[long!] ?? 'true']));

  test.each(['train', 'eval'] as const)('sets no option of %s that names a path, an address or a device', (name) => {
    const command = commands[name]();
    const before: Record<string, unknown> = { ...command.opts() };
    recall(command, everything, 'evil.safetensors');
    const nameOf = (flag: string) => command.options.find(({ long }) => long === flag)?.attributeName() ?? '-';
    for (const flag of notOfAFile) expect(command.opts()[nameOf(flag)], flag).toBe(before[nameOf(flag)]);
    expect(command.opts()).toMatchObject({ hidden: [8], activation: 'tanh', loss: 'mse', batch: 3 });
  });

  test('sets all the others, and is told them again', () => {
    const command = commands.train();
    recall(command, everything, 'file');
    const flags = command.options.map(({ long }) => long!);
    const settable = flags.filter((flag) => !notOfAFile.includes(flag));
    expect(Object.keys(remembered(command)).sort()).toEqual(settable.sort());
    expect(remembered(command)).toMatchObject({ '--keep-best': 'true', '--patience': '3', '--hidden': '8' });
  });

  test('remembers nothing that names a path, an address or a device', () => {
    const command: Command = commands.train();
    command.parseOptions(commands.train().options.flatMap(({ long }) => given(long!)));
    expect(command.opts()).toMatchObject({ data: 'digits', save: 'x', json: true });
    for (const flag of notOfAFile) expect(remembered(command)).not.toHaveProperty(flag);
  });

  test('with a value that an option does not take is an error that shows it', () => {
    for (const [flag, value] of [
      ['--hidden', '\u001b]0;title\u0007'],
      ['--keep-best', 'no'],
    ]) {
      expect(() => recall(commands.train(), { [flag]: value }, 'file')).toThrow(DataError);
      expect(() => recall(commands.train(), { [flag]: value }, 'file')).toThrow(`file: ${flag}: Expected`);
    }
  });

  test('says of its data set what the library says of one, and nothing else', async () => {
    const read = (data: object) => {
      const metadata = { 'retrograd.cli': JSON.stringify({ options: {}, data }) };
      vi.spyOn(platform.files!, 'read').mockResolvedValue(formatSafetensors({}, metadata));
      return openCheckpoint('file').finally(() => vi.restoreAllMocks());
    };
    const data = { name: 'digits train', count: 3, digest: '' };
    expect((await read(data)).data).toEqual(data);
    for (const wrong of [{ count: -1 }, { count: 0.5 }, { more: 1 }, { digest: 1 }]) {
      await expect(read({ ...data, ...wrong })).rejects.toThrow(/^file: metadata retrograd\.cli: expected what/);
    }
  });

  test('tells the data set where that is one of the known names, and no other', () => {
    const of = (name: string): Checkpoint => ({
      path: 'file',
      file: new File([], 'file'),
      rounded: [],
      options: { '--data': 'http://example.org/' },
      data: { name, count: 3, digest: '' },
    });
    expect(dataOf(of('MNIST train'))).toBe('mnist');
    expect(dataOf(of('Fashion-MNIST train'))).toBe('fashion-mnist');
    expect(dataOf(of('digits train'))).toBe('digits');
    expect(dataOf({ path: 'file', file: new File([], 'file'), rounded: [], options: {} })).toBeUndefined();
    for (const name of ['custom IDX set (not MNIST) train', '/etc', 'http://example.org', '__proto__', 'toString']) {
      expect(() => dataOf(of(name))).toThrow(
        /^--data: expected the file, folder or URL of the data that file was trained on /,
      );
    }
  });
});

describe('samples held out', () => {
  const whole = digits({ train: 200, test: 10 });
  const imagesOf = (set: typeof whole.train): string[] =>
    Array.from({ length: set.count }, (_, i) => {
      const { x, y } = batch(set, [i]);
      return `${y} ${x}`;
    });

  test('are a share of the training samples, each in one part, with its label', () => {
    const { train, validation, test } = holdOut(whole, 0.15, 4);
    expect([train.count, validation.count, train.name, validation.name]).toEqual([
      170,
      30,
      'digits train',
      'digits validation',
    ]);
    expect(test).toBe(whole.test);
    expect([...imagesOf(train), ...imagesOf(validation)].sort()).toEqual(imagesOf(whole.train).sort());
  });

  test('are drawn by the seed, from all over the data', () => {
    const drawn = (seed: number) => imagesOf(holdOut(whole, 0.15, seed).validation);
    expect(drawn(4)).toEqual(drawn(4));
    expect(drawn(5)).not.toEqual(drawn(4));
    const all = imagesOf(whole.train);
    const places = drawn(4).map((image) => all.indexOf(image));
    for (const third of [0, 1, 2]) {
      expect(places.filter((place) => Math.floor((3 * place) / 200) === third).length).toBeGreaterThan(3);
    }
  });

  test('leave values as they are, and both parts with something', () => {
    const x = Float32Array.from({ length: 20 }, (_, i) => i / 4);
    const values = fromArrays({ x, y: x.map((v) => 2 * v), shape: [1], scale: 0.5 });
    const { train, validation } = holdOut({ train: values, test: values, source: '' }, 0.5, 0);
    const of = batch(validation, [...Array(validation.count).keys()]);
    expect([train.count, validation.count]).toEqual([10, 10]);
    expect([...of.y]).toEqual([...of.x].map((v) => 4 * v));
    for (const share of [0.01, 0.99]) {
      expect(() => holdOut({ train: values, test: values, source: '' }, share, 0)).toThrow(
        /--validation: expected a share of 1 to 19 samples of the 20 of arrays, found 0\.\d+/,
      );
    }
  });
});

test('a loss in a file is called as --loss calls it', () => {
  const named = ['softmaxCrossEntropy', 'meanSquared', 'klDivergence', 'categoricalCrossEntropy', 'mine'].map(lossFlag);
  expect(named).toEqual(['cross-entropy', 'mse', 'kl-divergence', 'categoricalCrossEntropy', 'mine']);
});

test.each([
  ['mlp', '784 -> 8 linear -> batchNorm -> tanh -> dropout 0.2 -> 10 linear'],
  [
    'lenet',
    '1x28x28 -> conv 5x5x6 pad 2 linear -> batchNorm -> tanh -> max pool 2x2 -> conv 5x5x16 linear -> batchNorm -> tanh -> ' +
      'max pool 2x2 -> flatten -> 120 linear -> batchNorm -> tanh -> dropout 0.2 -> 84 linear -> batchNorm -> tanh -> ' +
      'dropout 0.2 -> 10 linear',
  ],
] as const)('--batch-norm and --dropout are around the activations of %s', (model, expected) => {
  const flags = { model, hidden: model === 'mlp' ? [8] : undefined, activation: 'tanh', batchNorm: true, dropout: 0.2 };
  expect(describeModel(modelOf(flags, [28, 28], { kind: 'labels', size: 10 }))).toBe(expected);
});
