/** `retrograd bench` */
import { Command } from 'commander';
import { type Measurement, matmul, measure, network, type Work, works } from '../bench/index.ts';
import { ArgumentError, openDevice } from '../index.node.ts';
import { dawnOptions } from '../platform/platform.node.ts';
import { addOptions } from './add-options.ts';
import { measurementEvent, printMeasurement, printSummary } from './bench-report.ts';
import { checkHeeded } from './heeded.ts';
import { type Interruption, SOON } from './interrupt.ts';
import {
  lossOf,
  type ModelFlags,
  modelOf,
  modelRules,
  type OptimizerFlags,
  optimizerOf,
  optimizerRules,
} from './model-options.ts';
import { addModelOptions, addOptimizerOptions, addOutputOptions, type OutputFlags } from './options.ts';
import { outputOf } from './output.ts';
import { count, oneOf, someOf } from './parse.ts';
import { describeAdapter } from './run.ts';
import { versions } from './version.ts';

interface BenchFlags extends ModelFlags, OptimizerFlags, OutputFlags {
  work?: string[];
  size?: number[];
  repeats: number;
  batch: number;
}

const named = { ...works, matmul };
const usualSizes = [256, 512, 1024];

export function benchCommand(interrupted: Interruption): Command {
  const command = new Command('bench').description(
    'Measures training steps and matrix products: time, throughput, work per step, and GPU time of each kernel.',
  );
  addOptions(command, 'Workloads:', [
    ['--work <names>', `one or more of ${Object.keys(named).join(', ')} (default: all)`, someOf(oneOf(named))],
    ['--size <sizes>', `rows and columns of matmul (default: ${usualSizes})`, someOf(count)],
    ['--repeats <n>', 'timed runs per workload', count, '5'],
  ]);
  addModelOptions(command);
  addOptions(command, 'Model:', [['--batch <n>', 'samples per step', count, '100']]);
  return addOutputOptions(addOptimizerOptions(command))
    .addHelpText('after', help)
    .action(async (flags: BenchFlags) => bench(flags, await worksOf(flags, command), interrupted));
}

const help = `
Examples:
  retrograd bench
  retrograd bench --work matmul --size 1024,2048,4096
  retrograd bench --hidden 300,100 --activation relu --optimizer adam --batch 64

Model and optimizer options define a network of your own, with 784 inputs and 10 classes. It is measured instead of the named
workloads or, with --work, after them. Networks train on synthetic samples on the device. The time includes reading the loss at
the end of each epoch. GFLOP/s count only matrix products and convolutions.
Kernels are timed in a separate run with one pass per dispatch, so their sum may be longer than a step.
With --json the events are "start", one "work" per workload, and "end", or "error".`;

/** Throws ArgumentError for options that nothing asked for would heed. */
async function worksOf({ work, size = usualSizes, ...flags }: BenchFlags, command: Command): Promise<Work[]> {
  const given = (name: string) => command.getOptionValueSource(name) === 'cli';
  checkHeeded(command, [...modelRules(flags), ...optimizerRules(flags)]);
  const own = ownOptions.some(given);
  const names = work ?? (own ? [] : (Object.keys(named) as (keyof typeof named)[]));
  if (given('size') && !names.includes('matmul')) {
    throw new ArgumentError(`--size: expected with --work matmul, found with ${names.join(', ') || 'a net'}`);
  }
  const chosen = names.flatMap((name) => (name === 'matmul' ? size.map(matmul) : works[name as keyof typeof works]));
  return own ? [...chosen, await ownNetwork(flags)] : chosen;
}

const ownOptions = [
  'model',
  'hidden',
  'activation',
  'init',
  'loss',
  'labelSmoothing',
  'batch',
  'optimizer',
  'learningRate',
  'momentum',
  'weightDecay',
  'decayed',
];

async function ownNetwork(flags: Omit<BenchFlags, 'work' | 'size'>): Promise<Work> {
  const model = modelOf(flags, [28, 28], { kind: 'labels', size: 10 });
  return network({ name: 'own', model, loss: await lossOf(flags), optimizer: optimizerOf(flags), batch: flags.batch });
}

async function bench(flags: BenchFlags, chosen: Work[], interrupted: Interruption): Promise<void> {
  const { repeats } = flags;
  const { signal } = interrupted;
  const output = outputOf(flags);
  // Dawn rounds timestamps to 65.536 µs otherwise, which is longer than most kernels take.
  dawnOptions.push('disable-dawn-features=timestamp_quantization');
  const device = await openDevice();
  const measured: Measurement[] = [];
  const sumUp = () => measured.length > 1 && output.say(`\n${printSummary(measured)}`);
  signal.addEventListener('abort', sumUp);
  interrupted.patience = SOON;
  try {
    const { name: adapter, ...info } = device.info;
    output.emit({
      event: 'start',
      adapter,
      ...info,
      versions: versions(),
      repeats,
      works: chosen.map(({ name }) => name),
    });
    output.say(`device      ${describeAdapter(device.info)}`);
    for (const work of chosen) {
      output.say(`\n${work.name.padEnd(12)}${work.description}`);
      const measurement = await measure(work, device, { repeats, signal });
      measured.push(measurement);
      output.emit({ event: 'work', ...measurementEvent(measurement) });
      output.say(printMeasurement(measurement));
    }
    sumUp();
    output.emit({ event: 'end', works: measured.length });
  } finally {
    device.destroy();
  }
}
