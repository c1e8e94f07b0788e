/** Resumed in another process, training goes on as if it had never stopped. The processes run the build. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compile, dense, quadratic, sequential, sgd } from '../../../src/index.node.ts';

const child = fileURLToPath(new URL('resume.child.mjs', import.meta.url));
const dist = fileURLToPath(new URL('../../../dist/node/index.js', import.meta.url));

let folder: string;
beforeAll(async () => {
  if (!existsSync(dist)) throw new Error('dist is not there: these tests run the build, made by `npm run build`');
  folder = await mkdtemp(join(tmpdir(), 'retrograd-resume-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Part {
  readonly size: string;
  readonly optimizer: string;
  readonly steps: number;
  readonly from?: string;
  readonly to: string;
}

/** The losses that a process says, and the file that it leaves. */
async function train(part: Part): Promise<{ losses: number[]; file: Buffer }> {
  const { stdout } = await promisify(execFile)(process.execPath, [child, JSON.stringify(part)]);
  return { losses: JSON.parse(stdout.trim().split('\n').at(-1)!), file: await readFile(part.to) };
}

test('a file URL is a path like any other, and another URL is none', async () => {
  const net = await compile(sequential([1], [dense(1)]), {
    device: 'cpu',
    batch: 1,
    loss: quadratic(),
    optimizer: sgd({ learningRate: 1 }),
  });
  for (const url of [pathToFileURL(join(folder, 'a b.safetensors')), pathToFileURL(join(folder, 'c')).href]) {
    const bytes = await net.save(url);
    expect(await readFile(new URL(url))).toEqual(Buffer.from(bytes));
    await net.load(url);
  }
  await expect(net.save('https://example.org/a')).rejects.toThrow(/save: expected a path.* found "https:/);
});

describe.each([
  ['tiny', 'adam', 12],
  ['tiny', 'momentum', 12],
  ['large', 'adam', 5],
  ['large', 'momentum', 5],
])('%s net, %s', (size, optimizer, perEpoch) => {
  const path = (name: string) => join(folder, `${size}-${optimizer}-${name}.safetensors`);
  const total = 2 * perEpoch + 2;
  let whole: Awaited<ReturnType<typeof train>>;
  beforeAll(async () => {
    whole = await train({ size, optimizer, steps: total, to: path('whole') });
  });

  test.each([
    ['step 0', 0],
    ['mid-epoch', 2],
    ['the last batch', perEpoch - 1],
    ['epoch end', perEpoch],
  ])('saved at %s', async (_when, steps) => {
    const [from, to] = [path(`${steps}`), path(`${steps}-on`)];
    const first = await train({ size, optimizer, steps, to: from });
    const rest = await train({ size, optimizer, steps: total - steps, from, to });
    expect([...first.losses, ...rest.losses]).toEqual(whole.losses);
    expect(rest.file.equals(whole.file)).toBe(true);
  });
});
