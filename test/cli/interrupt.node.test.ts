/** Ctrl-C and SIGTERM: what a signal does to work that heeds it, and to every subcommand. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type InterruptedError, interruption, SOON } from '../../src/cli/interrupt.ts';

describe('a signal', () => {
  const told: InterruptedError[] = [];
  let send: Record<string, () => void> = {};
  const exit = vi.spyOn(process, 'exit');
  const once = vi.spyOn(process, 'once');
  beforeEach(() => {
    [told.length, send] = [0, {}];
    vi.useFakeTimers();
    exit.mockReset().mockImplementation((() => {}) as never);
    once.mockReset().mockImplementation(((name: string, hear: () => void) => {
      send[name] = hear;
    }) as never);
  });
  afterEach(() => {
    vi.useRealTimers();
    for (const name of ['stdout', 'stderr'] as const) process[name].removeAllListeners('error');
  });
  afterAll(() => void vi.restoreAllMocks());
  const begin = () => interruption((error) => told.push(error));

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])('%s ends at once what does not heed it, with %d', (name, code) => {
    const { signal } = begin();
    send[name]();
    expect(signal.aborted).toBe(true);
    expect(told).toHaveLength(1);
    expect(exit).toHaveBeenCalledExactlyOnceWith(code);
  });

  test('leaves work that heeds it some time', () => {
    const interrupted = begin();
    interrupted.patience = SOON;
    send.SIGINT();
    vi.advanceTimersByTime(SOON - 1);
    expect(exit).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(exit).toHaveBeenCalledExactlyOnceWith(130);
  });

  test('leaves work that saves all the time', () => {
    const interrupted = begin();
    interrupted.patience = Number.POSITIVE_INFINITY;
    send.SIGTERM();
    vi.advanceTimersByTime(1e9);
    expect(interrupted.signal.aborted).toBe(true);
    expect(exit).not.toHaveBeenCalled();
  });
});

describe.skipIf(process.platform === 'win32')('every subcommand', () => {
  const folder = mkdtempSync(join(tmpdir(), 'retrograd-interrupt-'));
  const [file, table] = [join(folder, 'net.safetensors'), join(folder, 'table.csv')];
  for (const path of [file, table]) writeFileSync(path, 'nothing');
  afterAll(() => rmSync(folder, { recursive: true }));
  const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
  /** The signal comes as soon as the command hears it, while its work begins. */
  const early = (signal: string) => `
    const { once } = process;
    process.once = (name, ...rest) => {
      if (name === 'SIGHUP') setImmediate(() => process.emit('${signal}', '${signal}'));
      return once.call(process, name, ...rest);
    };`;
  const run = (args: string[], signal: string) =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(early(signal))}`;
      const child = spawn(process.execPath, [cli, ...args], { env: { ...process.env, NODE_OPTIONS } });
      const text = { stdout: '', stderr: '' };
      for (const name of ['stdout', 'stderr'] as const) {
        child[name].on('data', (bytes) => {
          text[name] += bytes;
        });
      }
      child.on('close', (code) => resolve({ code, ...text }));
    });
  const to = join(folder, 'to');
  const data = ['--data', table, '--target', 'y'];
  const lines: Record<string, string[]> = {
    train: [...data, '--save', to],
    eval: data,
    predict: [file, '--input', file, '--output', to],
    summary: [file],
    export: [file, '--to', 'onnx', to],
    check: data,
    bench: [],
    reproduce: ['--recipe', 'all'],
    info: [],
  };

  test('is in this test', async () => {
    const { stdout } = await run(['--help'], 'none');
    const [, listed] = stdout.split(/Commands:|Examples:/);
    const names = [...listed.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name).filter((name) => name !== 'help');
    expect(names.sort()).toEqual(Object.keys(lines).sort());
  });

  test.each(Object.entries(lines))('%s ends, without a result', async (name, args) => {
    const [signal, expected] = name < 'm' ? ['SIGINT', 130] : ['SIGTERM', 143];
    const { code, stdout, stderr } = await run([name, ...args], String(signal));
    expect({ code, stdout, stderr }).toEqual({
      code: expected,
      stdout: '',
      stderr: `error: interrupted (${signal})\n`,
    });
    expect(readdirSync(folder)).toEqual(['net.safetensors', 'table.csv']);
  });
});
