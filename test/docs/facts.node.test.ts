// What docs/ says of the code in tables of its own.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commands, helpText } from '../../docs/.vitepress/command-line.ts';
import * as library from '../../src/index.ts';
import { rooms } from '../rooms.mjs';
import { root } from './blocks.ts';

const page = (name: string): string => readFileSync(join(root, 'docs', `${name}.md`), 'utf8');

test('architecture.md has every room, in order, with what it may import', () => {
  const rows = [...page('how-it-works/architecture').matchAll(/^\| `(\w+)\/` \| .* \| (?:`([\w ]+)`)? ?\|$/gm)];
  const told = rows.map(([, room, imports]) => [room, imports?.split(' ') ?? []]);
  const real = Object.entries(rooms)
    .filter(([room]) => room !== 'entries')
    .map(([room, { imports }]) => [room, [...imports].filter((other) => other !== 'entries')]);
  expect(told).toEqual(real);
});

test('troubleshooting.md has every error', () => {
  const told = page('guide/troubleshooting')
    .match(/(?<=^## )\w+Error$/gm)
    ?.sort();
  const errors = Object.keys(library).filter((name) => /^[A-Z]\w*Error$/.test(name) && name !== 'RetrogradError');
  expect(told).toEqual(errors.sort());
});

test('reliability.md has sixty points and four soaks, and what shows them is there', () => {
  const rows = [...page('reliability').matchAll(/^\| (S?\d+) \| .+ \| (.*) \| ([a-z]+(?: [a-z]+)?) \|$/gm)];
  expect(rows.map(([, number]) => number)).toEqual([
    ...Array.from({ length: 60 }, (_, i) => String(i + 1)),
    ...['S1', 'S2', 'S3', 'S4'],
  ]);
  const scripts = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts);
  const missing: string[] = [];
  for (const [, number, shown, state] of rows) {
    const spans = [...shown.matchAll(/`([^`]+)`/g)].map(([, span]) => span);
    if (spans.length === 0 && !['open', 'hardware', 'not used'].includes(state)) missing.push(`${number}: nothing`);
    for (const span of spans) if (!isThere(span, scripts)) missing.push(`${number}: ${span}`);
  }
  expect(missing).toEqual([]);
});

/** Of a test: its file, and a part of its name in it. Of a command: the script, and the file of a soak. */
function isThere(span: string, scripts: readonly string[]): boolean {
  const [, script, soak] = /^npm run (\w+)(?: -- (\w+))?/.exec(span) ?? [];
  if (script) return scripts.includes(script) && (!soak || existsSync(join(root, 'test', script, `${soak}.mjs`)));
  if (!span.startsWith('test/')) return true; // what the span beside it is about
  const [file, name = ''] = span.split(' › ');
  return existsSync(join(root, file)) && readFileSync(join(root, file), 'utf8').includes(name);
}

test('command-line.md has every command', () => {
  const told = page('command-line').match(/(?<=^## retrograd )\w+$/gm);
  const [, listed] = /Commands:\n(.*?)\n\n/s.exec(helpText(''))!;
  const real = [...listed.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name).filter((name) => name !== 'help');
  expect(told).toEqual(real);
  expect(commands).toEqual(real);
});
