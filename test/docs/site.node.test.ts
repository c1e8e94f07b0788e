// `npm run docs:build`: VitePress fails on a link to a page that is not there, TypeDoc on a name without a text.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pages, root } from './blocks.ts';

test('the site has every page, the reference, and the demo', () => {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(npm, ['run', 'docs:build'], { cwd: root, encoding: 'utf8' }); // throws with what it says on stderr
  const built = (file: string): string => join(root, 'docs/.vitepress/dist', file);
  const written = pages().filter(({ path }) => path.startsWith('docs'));
  const expected = [
    ...written.map(({ path }) => path.replace(/^docs./, '').replace(/md$/, 'html')),
    'reference/index.html',
  ];
  expect(expected.filter((file) => !existsSync(built(file)))).toEqual([]);
  expect(readFileSync(built('demo/index.html'), 'utf8')).toContain('src="./assets/'); // from wherever the site is
  const [, saved] = /href="\/([^"]+xor\.mjs)"[^>]* download/.exec(readFileSync(built('examples.html'), 'utf8'))!;
  expect(readFileSync(built(saved), 'utf8')).toContain("from 'retrograd'");
  expect(readFileSync(built('command-line.html'), 'utf8')).toContain('--accumulate');
});
