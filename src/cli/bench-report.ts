/** Reports a measurement of `retrograd bench`: as text for people, and as the fields of an event. */
import { table } from '../base/table.ts';
import type { Measurement, PerStep, StepProfile } from '../bench/index.ts';
import { integer, plural } from './output.ts';

export function measurementEvent({ work, profile, ...measured }: Measurement) {
  const { name, description, samples = null, flop } = work;
  const timing = profile && {
    kernels: profile.kernels.map(({ label, writes, milliseconds, runs }) => ({
      label,
      writes,
      ms: milliseconds,
      runs,
    })),
    timestampNanoseconds: profile.resolution,
    timestampsCoarse: profile.coarse,
  };
  return {
    name,
    description,
    samplesPerStep: samples,
    flopPerStep: flop,
    ...measured,
    ...(timing ?? { kernels: null }),
  };
}

/** A line for each of time, speed and work, and one per kernel. */
export function printMeasurement({ msPerStep, repeats, steps, perStep, profile, ...speed }: Measurement): string {
  const { median, min, max } = msPerStep;
  const samples = speed.samplesPerSecond === undefined ? '' : `${integer(speed.samplesPerSecond)} samples/s   `;
  const range = repeats > 1 ? `${digits(min)} to ${digits(max)}, median of ` : '';
  const runs = `${plural(repeats, 'repeat')} of ${plural(steps, 'step')}`;
  return [
    line('time', `${digits(median)} ms per step   (${range}${runs})`),
    line('speed', `${samples}${digits(speed.gflopPerSecond)} GFLOP/s`),
    line('per step', printCounts(perStep)),
    profile ? printKernels(profile) : line('GPU time', 'the adapter has no timestamp queries'),
  ].join('\n');
}

function printCounts({ dispatches, submits, readbacks, objects, uploadedBytes }: PerStep): string {
  const some = (n: number, noun: string, ending = 's') => `${average(n)} ${noun}${n === 1 ? '' : ending}`;
  return [
    some(dispatches, 'dispatch', 'es'),
    some(submits, 'submit'),
    some(readbacks, 'readback'),
    `${integer(uploadedBytes)} bytes uploaded`,
    `${some(objects, 'GPU object')} created`,
  ].join(', ');
}

/** Times first: what fuses into a kernel can make its name longer than a line. */
function printKernels({ kernels, resolution, coarse }: StepProfile): string {
  const total = kernels.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const rows = kernels.map(({ label, writes, milliseconds }) => [
    '',
    microseconds(milliseconds),
    total > 0 ? `${((100 * milliseconds) / total).toFixed(1)} %` : '-',
    [label, ...(writes.length > 0 ? ['->', writes.join(', ')] : [])].join(' '),
  ]);
  const statistic = coarse ? `means, timer resolution ${digits(resolution / 1000)} µs` : 'medians';
  const runs = integer(Math.min(...kernels.map(({ runs }) => runs)));
  return [
    line(
      'GPU time',
      `${digits(total)} ms in ${plural(kernels.length, 'kernel')}   (${statistic} of ${runs} dispatches each)`,
    ),
    table([[' '.repeat(8), 'µs', 'share', 'kernel'], ...rows], [1, 2]),
  ].join('\n');
}

/** A row per work; what is counted is per step. */
export function printSummary(measured: readonly Measurement[]): string {
  const title = ['work', 'ms/step', 'min', 'max', 'samples/s', 'GFLOP/s', 'dispatches', 'submits', 'bytes', 'objects'];
  const rows = measured.map(({ work, msPerStep: { median, min, max }, samplesPerSecond, gflopPerSecond, perStep }) => [
    work.name,
    ...[median, min, max].map(digits),
    samplesPerSecond === undefined ? '-' : integer(samplesPerSecond),
    digits(gflopPerSecond),
    ...[perStep.dispatches, perStep.submits].map(average),
    integer(perStep.uploadedBytes),
    average(perStep.objects),
  ]);
  return table([title, ...rows], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

const line = (title: string, text: string): string => `  ${title.padEnd(10)}${text}`;

/** Four digits that count: 0.04123, 41.23, 4,123. */
export function digits(x: number): string {
  if (Number.isInteger(x) || Math.abs(x) >= 1000) return integer(x);
  return Number(x.toPrecision(4)).toString();
}

const average = (x: number): string => Number(x.toPrecision(x < 1 ? 2 : 3)).toString();
const microseconds = (ms: number): string =>
  (1000 * ms).toLocaleString('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
