/** What `save` writes where: links, modes, what is no file, what killed processes left, and several saves at once. */
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  compile,
  DataError,
  dense,
  parseSafetensors,
  quadratic,
  sequential,
  sgd,
  type Trainer,
} from '../../src/index.node.ts';
import { beginPart, parts } from '../../src/platform/write-file.node.ts';

let root: string;
let folder: string;
const nets: Trainer[] = [];
let [small, large]: Trainer[] = [];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'retrograd-write-'));
  const net = (units: number) =>
    compile(sequential([units], [dense(units)]), {
      device: 'cpu',
      batch: 1,
      loss: quadratic(),
      optimizer: sgd({ learningRate: 1 }),
    });
  nets.push(await net(1), await net(1500));
  [small, large] = nets;
});
beforeEach(() => {
  folder = mkdtempSync(join(root, 'test-'));
});
afterAll(() => {
  for (const net of nets) net.destroy();
  rmSync(root, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);
/** How wide the net is that a file is of. */
const unitsIn = (path: string): number => parseSafetensors(readFileSync(path)).tensors['layers.0.bias'].shape[0];

describe('the later of two saves to one file is what it holds', () => {
  const spellings: [string, () => string | URL][] = [
    ['the same path', () => at('net')],
    ['a relative path', () => relative(process.cwd(), at('net'))],
    ['a path with a detour', () => `${folder}/./x/../net`],
    ['a file URL', () => pathToFileURL(at('net'))],
    ['a link to the file', () => at('link')],
    ['a folder that is a link', () => join(at('folder'), 'net')],
  ];
  test.skipIf(process.platform === 'win32').each(spellings)('%s', async (_, other) => {
    symlinkSync('net', at('link')); // a link to nothing yet
    symlinkSync('.', at('folder'));
    mkdirSync(at('x'));
    // The first takes far longer to write.
    await Promise.all([large.save(at('net')), small.save(other())]);
    expect(unitsIn(at('net'))).toBe(1);
    await Promise.all([small.save(other()), large.save(at('net')), large.save(at('net')), small.save(other())]);
    expect(unitsIn(at('net'))).toBe(1);
    expect(readdirSync(folder).sort()).toEqual(['folder', 'link', 'net', 'x']);
  });

  test('also where the earlier one fails', async () => {
    mkdirSync(at('net'));
    const failing = small.save(at('net'));
    const after = failing.catch(() => rmSync(at('net'), { recursive: true }));
    await expect(failing).rejects.toThrow(DataError);
    await after;
    await large.save(at('net'));
    expect(unitsIn(at('net'))).toBe(1500);
  });
});

describe.skipIf(process.platform === 'win32')('what is in the place of the file', () => {
  test('a link stays one, and what it leads to is written', async () => {
    mkdirSync(at('elsewhere'));
    writeFileSync(at('elsewhere/net'), 'old');
    symlinkSync('elsewhere/net', at('one'));
    symlinkSync('one', at('two'));
    symlinkSync('elsewhere/made', at('dangling'));
    await small.save(at('two'));
    await small.save(at('dangling'));
    for (const link of ['one', 'two', 'dangling']) expect(lstatSync(at(link)).isSymbolicLink()).toBe(true);
    expect(unitsIn(at('elsewhere/net'))).toBe(1);
    expect(unitsIn(at('elsewhere/made'))).toBe(1);
  });

  test('links that go round are an error', async () => {
    symlinkSync('b', at('a'));
    symlinkSync('a', at('b'));
    await expect(small.save(at('a'))).rejects.toThrow(/a: cannot be written: too many links/);
    expect(readdirSync(folder).sort()).toEqual(['a', 'b']);
  });

  test.each([0o600, 0o640, 0o755])('a mode of %o stays', async (mode) => {
    writeFileSync(at('net'), 'old');
    chmodSync(at('net'), mode);
    await small.save(at('net'));
    expect(unitsIn(at('net'))).toBe(1);
    expect(statSync(at('net')).mode & 0o777).toBe(mode);
  });

  test('a new file has the mode that new files have', async () => {
    writeFileSync(at('other'), '');
    await small.save(at('net'));
    expect(statSync(at('net')).mode).toBe(statSync(at('other')).mode);
  });

  test.runIf(process.getuid?.() === 0)('the owner stays where that may be', async () => {
    writeFileSync(at('net'), 'old');
    execFileSync('chown', ['65534:65534', at('net')]);
    await small.save(at('net'));
    expect([statSync(at('net')).uid, statSync(at('net')).gid]).toEqual([65534, 65534]);
  });

  test('what is no regular file is refused and stays', async () => {
    execFileSync('mkfifo', [at('fifo')]);
    symlinkSync('/dev/null', at('null'));
    mkdirSync(at('folder'));
    const server = createServer().listen(at('socket'));
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const cases: [string, string][] = [
      ['fifo', 'a pipe'],
      ['null', 'a device'],
      ['folder', 'a folder'],
      ['socket', 'a socket'],
    ];
    for (const [name, kind] of cases) {
      const saved = small.save(at(name));
      await expect(saved).rejects.toThrow(DataError);
      await expect(saved).rejects.toThrow(`${at(name)}: expected a file to write, found ${kind}`);
    }
    expect(statSync(at('fifo')).isFIFO()).toBe(true);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['fifo', 'folder', 'null', 'socket']);
  });
});

/** Does it with the rights of somebody other than root, where this is root. */
async function as<T>(user: { uid: number; gid: number; groups?: number[] }, work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  const groups = process.getgroups!();
  process.setgroups!(user.groups ?? []);
  process.setegid!(user.gid);
  process.seteuid!(user.uid);
  try {
    return await work();
  } finally {
    process.seteuid!(0);
    process.setegid!(0);
    process.setgroups!(groups);
  }
}

test.runIf(process.getuid?.() === 0).each<[string, number[], number, [number, number, number]]>([
  ['of a group that the writer is in keeps it', [2002], 0o660, [1002, 2002, 0o660]],
  ['of another group opens to no group of the writer', [], 0o662, [1002, 3003, 0o602]],
])('a file of somebody else, %s', async (_title, groups, mode, expected) => {
  for (const path of [root, folder]) chmodSync(path, 0o777);
  writeFileSync(at('net'), 'old');
  chownSync(at('net'), 1001, 2002);
  chmodSync(at('net'), mode);
  await as({ uid: 1002, gid: 3003, groups }, () => small.save(at('net')));
  const found = statSync(at('net'));
  expect([found.uid, found.gid, found.mode & 0o777]).toEqual(expected);
});

test.skipIf(process.platform === 'win32')('a folder that may be written but not listed takes a file', async () => {
  chmodSync(root, 0o711);
  if (process.getuid?.() === 0) chownSync(folder, 1002, 3003);
  chmodSync(folder, 0o300);
  await as({ uid: 1002, gid: 3003 }, () => small.save(at('net')));
  expect(unitsIn(at('net'))).toBe(1);
  chmodSync(folder, 0o700);
});

test('what processes that are no more have left of this file is removed, and nothing else', async () => {
  const { pid: dead } = spawnSync(process.execPath, ['-e', '']);
  // The last one is from before this process began: another one had its number.
  const left = [`net.${dead}.a1b2.part`, `net.${process.pid}.c.part`];
  const others = [`net.${process.ppid}.a.part`, `other.${dead}.a.part`, `net.${dead}.a.parts`, 'net.x.part'];
  // Of a process that is at work where its number says nothing here, as in another container.
  const young = [`net.${dead}.c3d4.part`, `net.${process.pid}.b.part`];
  const kept = [...others, ...young];
  for (const name of [...kept, ...left]) writeFileSync(at(name), 'half');
  const now = Date.now() / 1000;
  for (const name of [...others, ...left]) utimesSync(at(name), now - 3700, now - 3700);
  for (const name of young) utimesSync(at(name), now - 3500, now - 3500);
  await small.save(at('net'));
  expect(readdirSync(folder).sort()).toEqual([...kept, 'net'].sort());
});

test('what a process has begun when it exits is removed', () => {
  const part = beginPart(at('net'));
  writeFileSync(part, 'half');
  for (const hear of process.listeners('exit')) if (hear.name === 'removeParts') hear(0);
  parts.delete(part);
  expect(readdirSync(folder)).toEqual([]);
});

test.each(['writeFile', 'sync'] as const)(
  'a disk that is full leaves the old file as it was, and nothing beside it: %s',
  async (name) => {
    await small.save(at('net'));
    const handle = await open(at('net'));
    const full = vi.spyOn(Object.getPrototypeOf(handle), name);
    await handle.close();
    full.mockRejectedValueOnce(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }));
    await expect(large.save(at('net'))).rejects.toThrow(/net: cannot be written: ENOSPC/);
    full.mockRestore();
    expect(readdirSync(folder)).toEqual(['net']);
    expect(unitsIn(at('net'))).toBe(1);
  },
);
