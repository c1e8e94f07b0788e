// Links and pictures of README.md and docs/ lead to files that are there, and to headings in them.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { type Page, pages, root } from './blocks.ts';

/** What is made by a build of the site: VitePress checks links to it. */
const GENERATED = /^docs\/(reference|generated)\//;

test.each(pages().map((page) => [page.path, page] as const))('%s', (_path, page) => {
  expect(linksOf(page).flatMap((link) => faultOf(page, link) ?? [])).toEqual([]);
});

function linksOf({ text }: Page): string[] {
  const prose = text.replace(/^```.*?^```$/gms, '').replace(/`[^`\n]*`/g, '');
  const all = [...prose.matchAll(/\]\(([^)\s]+)\)|<(?:img|a)[^>]* (?:src|href)="([^"]+)"/g)];
  return all.map(([, inline, html]) => inline ?? html).filter((link) => !/^[a-z]+:/.test(link));
}

function faultOf({ path, text }: Page, link: string): string | undefined {
  const [target, anchor] = link.split('#');
  const from = target.startsWith('/') ? 'docs' : dirname(path);
  const file = target === '' ? path : fileAt(join(from, target));
  if (file === undefined)
    return GENERATED.test(join(from, target)) || target === '/demo/' ? undefined : `${link}: no such file`;
  if (anchor === undefined) return undefined;
  const headings = (file === path ? text : readFileSync(join(root, file), 'utf8')).match(/^#+ .*$/gm) ?? [];
  return headings.map(slug).includes(anchor) ? undefined : `${link}: no such heading`;
}

/** Links have the ending of the file, so that they also work where Markdown is shown as it is. */
const fileAt = (path: string): string | undefined =>
  existsSync(join(root, path)) && /\.\w+$|LICENSE$/.test(path) ? path : undefined;

/** '## What is in the file' -> 'what-is-in-the-file' */
const slug = (heading: string): string =>
  heading
    .replace(/^#+ /, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
