/**
 * Searches for the fastest form of each step, as a generator: it pauses whenever it needs the device for itself, and says
 * what the next piece of work will cost. Its driver decides when that runs.
 */
import { OutOfMemoryError, ShaderError } from '../base/errors.ts';
import { median } from '../base/statistics.ts';
import type { Dispatch } from '../compiler/schedule.ts';
import { menuOf } from '../engine/choose-forms.ts';
import type { Device } from '../engine/device.ts';
import type { GpuProgram } from '../engine/gpu-program.ts';
import { isolatedBytes, type Launch } from '../engine/isolated-step.ts';
import { passes } from '../engine/self-test.ts';
import { isSmall } from '../engine/whole-steps.ts';
import type { Form } from '../graph/op.ts';
import { type Choices, keyOf } from './choices.ts';
import { openTrial, type Trial } from './trial.ts';

export interface Parts {
  readonly device: Device;
  readonly program: GpuProgram;
  readonly choices: Choices;
  /** A form of a step was tried, or taken over from an equal step. */
  settled(step: Dispatch): void;
}

/** What comes next takes about so many milliseconds of a quiet queue, once `after` is there. */
export interface Pause {
  readonly cost: number;
  readonly after?: Promise<unknown>;
}
export type Search<Result = void> = AsyncGenerator<Pause, Result, void>;

/** Steps with less than this part of all multiply-adds are left as they are. */
const WORTHWHILE = 0.05;
/** A candidate wins only where it takes less than this part of the time; above HOPELESS it is not timed any further. */
const WINS = 0.95;
const HOPELESS = 1.5;
const ROUNDS = 5;
/** Milliseconds to expect of the first compilation on a device that takes them from its own work. */
const COMPILATION = 500;

/** The steps that matter, the largest first. */
export async function* search(parts: Parts): Search {
  const { dispatches: steps } = parts.program.schedule;
  // Nothing to choose where all of it runs in one dispatch.
  if (isSmall([parts.program], parts.device)) return;
  const total = steps.reduce((sum, { work }) => sum + work, 0);
  const worthwhile = [...steps.keys()].filter((i) => canBeTried(steps[i]) && steps[i].work >= WORTHWHILE * total);
  for (const index of worthwhile.toSorted((i, j) => steps[j].work - steps[i].work)) yield* searchStep(parts, index);
}

function canBeTried({ form, nodes: [{ op }] }: Dispatch): boolean {
  return form !== undefined && op.kind === 'kernel' && op.patch !== undefined;
}

async function* searchStep(parts: Parts, index: number): Search {
  const { device, program, choices } = parts;
  const step = program.schedule.dispatches[index];
  const choice = choices.get(keyOf(step));
  const others = menuOf(device, step.nodes[0]).filter(({ name }) => name !== step.form!.name);
  // Another step of the same key may have found this one already.
  const found = others.filter(({ name }) => name === choice?.form);
  const rest = others.filter(({ name }) => !(name in (choice?.tried ?? {})));
  if (found.length + rest.length === 0) return;
  yield { cost: 20 + isolatedBytes(program.graph, step) / 1e6 };
  const used = await launchOf(device, step);
  const trial = typeof used === 'string' ? undefined : await trialOf(device, program, step, used);
  if (!trial) return;
  try {
    for (const form of found) yield* tryForm(parts, trial, index, form, false);
    for (const form of rest) yield* tryForm(parts, trial, index, form, true);
  } finally {
    trial.destroy();
  }
}

/** Puts a form in the place of the one in use if it is right and, where it is timed, faster. */
async function* tryForm(parts: Parts, trial: Trial, index: number, form: Form, timed: boolean): Search {
  const { device, program, choices } = parts;
  const used = program.schedule.dispatches[index];
  const candidate = program.variant((node) => (node === used.nodes[0] ? form : undefined)).dispatches[index];
  const launch = yield* compiled(device, candidate);
  const fault = typeof launch === 'string' ? launch : await trial.fault(launch);
  const race = timed && fault === undefined ? yield* raced(trial, launch as Launch) : undefined;
  const results: Record<string, number | string> = { ...choices.get(keyOf(used))?.tried };
  if (fault !== undefined) results[form.name] = fault;
  if (race) [results[used.form!.name], results[form.name]] = [race.used, race.candidate];
  const wins = fault === undefined && (race?.won ?? true);
  choices.set(keyOf(used), { form: (wins ? form : used.form!).name, tried: results });
  parts.settled(used);
  if (!wins) return;
  trial.use(launch as Launch);
  program.replace(index, candidate, (launch as Launch).pipeline);
}

/** The kernel of a step, made while the device goes on with other work; or why there is none. */
async function* compiled(device: Device, step: Dispatch): Search<Launch | string> {
  // On a processor that also trains, this is time that training does not have.
  const { software } = device.info;
  yield { cost: software ? (compilation.get(device) ?? COMPILATION) : 0 };
  const started = performance.now();
  const making = launchOf(device, step);
  yield { cost: 0, after: making };
  compilation.set(device, performance.now() - started);
  return making;
}
/** Milliseconds that the last one took. */
const compilation = new WeakMap<Device, number>();

async function launchOf(device: Device, step: Dispatch): Promise<Launch | string> {
  const { pipeline, faults } = device;
  const { shader, label, workgroups, form, nodes } = step;
  try {
    const [works, made] = await Promise.all([passes(device, form!, [nodes[0].op]), pipeline(shader, label)]);
    return works ? { pipeline: made, workgroups } : faults.get(form!.shader)!;
  } catch (error) {
    if (error instanceof ShaderError) return error.message;
    throw error;
  }
}

/** A step too large to have twice stays as it is. */
async function trialOf(device: Device, program: GpuProgram, step: Dispatch, used: Launch): Promise<Trial | undefined> {
  try {
    return await openTrial(device, program.graph, step, used);
  } catch (error) {
    if (error instanceof OutOfMemoryError) return undefined;
    throw error;
  }
}

interface Race {
  /** Medians, in milliseconds per dispatch. */
  readonly used: number;
  readonly candidate: number;
  readonly won: boolean;
}

/** The two forms timed in turns. */
async function* raced(trial: Trial, candidate: Launch): Search<Race> {
  const [ours, theirs]: [number[], number[]] = [[], []];
  let cost = 0;
  for (let round = 0; round < ROUNDS && !(round > 1 && median(theirs) > HOPELESS * median(ours)); round++) {
    yield { cost };
    const started = performance.now();
    ours.push(await trial.time());
    theirs.push(await trial.time(candidate));
    cost = performance.now() - started;
  }
  const wins = (of: (times: readonly number[]) => number): boolean => of(theirs) < WINS * of(ours);
  // The shortest times as well, because other work on the machine only ever adds.
  const won = wins(median) && wins((times) => Math.min(...times));
  return { used: median(ours), candidate: median(theirs), won };
}
