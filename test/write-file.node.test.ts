/** What `save` writes where: links, modes, what is no file, what killed processes left, and several saves at once. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
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
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  compile,
  DataError,
  dense,
  parseSafetensors,
  quadratic,
  sequential,
  sgd,
  type Trainer,
} from '../src/index.node.ts';

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
    const cases: [string, string][] = [
      ['fifo', 'a pipe'],
      ['null', 'a device'],
      ['folder', 'a folder'],
    ];
    for (const [name, kind] of cases) {
      const saved = small.save(at(name));
      await expect(saved).rejects.toThrow(DataError);
      await expect(saved).rejects.toThrow(`${at(name)}: expected a file to write, found ${kind}`);
    }
    expect(statSync(at('fifo')).isFIFO()).toBe(true);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['fifo', 'folder', 'null']);
  });
});

test('what processes that are no more have left of this file is removed, and nothing else', async () => {
  const { pid: dead } = spawnSync(process.execPath, ['-e', '']);
  const [mine, old] = [`net.${process.pid}.b.part`, `net.${process.pid}.c.part`];
  const kept = [`net.${process.ppid}.a.part`, mine, `other.${dead}.a.part`, `net.${dead}.a.parts`, 'net.x.part'];
  for (const name of [...kept, `net.${dead}.a1b2.part`, old]) writeFileSync(at(name), 'half');
  // From before this process began: another one had its number.
  utimesSync(at(old), 1e9, 1e9);
  await small.save(at('net'));
  expect(readdirSync(folder).sort()).toEqual([...kept, 'net'].sort());
});
