/**
 * The forms chosen by measurement: in memory per device, and between runs in the store of the platform, under a key of
 * adapter, driver, runtime and shaders. A store that is missing, unreadable or holds something else counts as empty.
 */
import { digest as shaders } from 'virtual:shaders';
import { digest } from '../base/digest.ts';
import { isObject, parseJson } from '../base/json.ts';
import { show } from '../base/tensor.ts';
import type { Dispatch } from '../compiler/schedule.ts';
import { type Device, RAISED } from '../engine/device.ts';
import { platform } from '../platform/platform.ts';

export interface Choice {
  /** The fastest so far, by name. */
  readonly form: string;
  /** Every form that was tried: milliseconds per dispatch, or why it may not be used. */
  readonly tried: Readonly<Record<string, number | string>>;
}

export interface Choices {
  get(key: string): Choice | undefined;
  /** Remembers at once, and stores in the background. */
  set(key: string, choice: Choice): void;
  /** When all that was set is stored, or could not be. */
  stored(): Promise<void>;
}

const known = new WeakMap<Device, Promise<Choices>>();

/** Those of a device; read from the store when first asked for. */
export function choicesOf(device: Device): Promise<Choices> {
  const choices = known.get(device) ?? openChoices(device);
  known.set(device, choices);
  return choices;
}

/** What a choice is about: ops, attributes and shapes of a step, and how it binds its tensors. */
export function keyOf({ nodes, bindings }: Dispatch): string {
  const ops = nodes.map(({ op, attributes, inputs }) => {
    const settings = Object.entries(attributes).map(([name, value]) => `${name}=${value}`);
    return `${[op.name, ...settings].join(' ')} ${inputs.map(({ shape }) => show(shape)).join('')}`;
  });
  const access = bindings.map((binding) => (binding.access === 'read' ? 'r' : 'w')).join('');
  return `${ops.join('; ')}; ${access}`;
}

async function openChoices(device: Device): Promise<Choices> {
  const identity = await identityOf(device);
  const file = digest(identity);
  const store = platform.store();
  const read = async () => store?.read(file).catch(() => undefined);
  const load = async () => parse(await Promise.race([read(), patience()]), identity);
  const choices = await load();
  let writing = Promise.resolve();
  const save = async (): Promise<void> => {
    // Another process may have stored more since.
    const all = { ...Object.fromEntries(await load()), ...Object.fromEntries(choices) };
    await store?.write(file, `${JSON.stringify({ identity, choices: all }, undefined, 1)}\n`).catch(() => {});
  };
  return {
    get: (key) => choices.get(key),
    set(key, choice) {
      choices.set(key, choice);
      if (store) writing = writing.then(save);
    },
    stored: () => writing,
  };
}

/** Training does not wait for a store that does not answer: some browsers never open a database. */
const patience = (): Promise<undefined> => new Promise((resolve) => void setTimeout(resolve, 250));

/**
 * All that decides how fast a form is, apart from the step: what is measured on one is of no use on another. Firefox hides the names
 * of adapters, and others hide some: limits tell such adapters apart.
 */
async function identityOf({ gpu, info }: Device): Promise<string> {
  const { name, vendor, architecture, software, subgroup } = info;
  return [
    ...[name, vendor, architecture, software ? 'software' : 'hardware', `subgroup ${subgroup}`],
    `limits ${RAISED.map((limit) => gpu.limits[limit])}`,
    ...[await platform.runtime(), `shaders ${shaders}`],
  ].join(' | ');
}

/** The choices in a stored text; none unless it is whole and about this very device. */
function parse(text: string | undefined, identity: string): Map<string, Choice> {
  const choices = new Map<string, Choice>();
  const stored = parseJson(text ?? ''); // which may not be of this library, or not written to its end
  if (!isObject(stored) || stored.identity !== identity || !isObject(stored.choices)) return choices;
  for (const [key, choice] of Object.entries(stored.choices)) if (isChoice(choice)) choices.set(key, choice);
  return choices;
}

function isChoice(value: unknown): value is Choice {
  const { form, tried } = (value ?? {}) as Choice;
  const results = typeof tried === 'object' && tried !== null ? Object.values(tried) : undefined;
  return typeof form === 'string' && Boolean(results?.every((x) => typeof x === 'number' || typeof x === 'string'));
}
