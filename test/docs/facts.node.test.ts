// What docs/ says of the code in tables of its own.
import { readFileSync } from 'node:fs';
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

test('command-line.md has every command', () => {
  const told = page('command-line').match(/(?<=^## retrograd )\w+$/gm);
  const [, listed] = /Commands:\n(.*?)\n\n/s.exec(helpText(''))!;
  const real = [...listed.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name).filter((name) => name !== 'help');
  expect(told).toEqual(real);
  expect(commands).toEqual(real);
});
