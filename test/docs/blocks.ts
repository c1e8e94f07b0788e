/**
 * The code blocks of README.md and docs/, made into something that runs. One rule for all of them: the blocks of a page run
 * in order, and each sees what the ones before it declared. A comment before a block makes an exception and says why:
 *   <!-- not run: needs a browser -->        its types are checked, or its options; it does not run
 *   <!-- not checked: it is a fragment -->   it is only counted
 * Python at the start of a page is one program, which runs before the scripts. Later blocks of Python are programs of their own, which
 * run among the commands, after the scripts:
 *   <!-- in exported -->                     it runs in this folder
 * A block of HTML from the doctype on is a page that ends with a line that starts with "Done".
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Every line of the block after this comment is part of what the page prints. */
const PRINTED = '<!-- printed -->';

export interface Block {
  readonly language: string;
  /** Of the opening fence, counted from 0. */
  readonly line: number;
  readonly lines: readonly string[];
  readonly isPrinted: boolean;
  /** Where it runs, if that is not the folder of the page. */
  readonly folder?: string;
  readonly exception?: { readonly kind: 'not run' | 'not checked'; readonly reason: string };
}

export interface Page {
  /** 'docs/guide/install.md' */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** The pages at the root, and what is written by hand in docs/. */
export function pages(): Page[] {
  const names = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).sort();
  const written = names.filter((name) => /\.md$/.test(name) && !/^(\.vitepress|reference|generated)\b/.test(name));
  return ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...written.map((name) => join('docs', name))].map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    return { path, text, blocks: blocksOf(text) };
  });
}

export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const [, fence, language] = /^(```+)(\w*)/.exec(lines[i]) ?? [];
    if (!fence) continue;
    const end = lines.indexOf(fence, i + 1);
    const before = lines.slice(0, i).findLast((line) => line.trim() !== '') ?? '';
    const isPrinted = before === PRINTED;
    const [, folder] = /^<!-- in (\S+) -->$/.exec(before) ?? [];
    blocks.push({
      language,
      line: i,
      lines: lines.slice(i + 1, end),
      isPrinted,
      folder,
      exception: exceptionIn(before),
    });
    i = end;
  }
  return blocks;
}

function exceptionIn(before: string): Block['exception'] {
  const [, kind, reason] = /^<!-- (not run|not checked): (.+) -->$/.exec(before) ?? [];
  return kind ? { kind: kind as 'not run' | 'not checked', reason } : undefined;
}

export const isScript = ({ language }: Block): boolean => ['js', 'ts'].includes(language);
export const isShell = ({ language }: Block): boolean => ['sh', 'bash', 'shell'].includes(language);

export const isPython = ({ language }: Block): boolean => language === 'python';
export const isPage = ({ language, lines }: Block): boolean => language === 'html' && lines[0] === '<!doctype html>';

/** The program of Python with which a page starts, before any script; empty where there is none. */
export function firstProgramOf({ blocks }: Page): string {
  const first = blocks.findIndex(isScript);
  const before = first < 0 ? [] : blocks.slice(0, first).filter((block) => isPython(block) && !block.exception);
  return before.map(textOf).join('\n');
}

export const textOf = ({ lines }: Block): string => `${lines.join('\n')}\n`;

/** One module of these blocks, each of its lines on the line that it has in the page; a block is a scope inside the last. */
export function moduleOf({ text }: Page, blocks: readonly Block[]): string {
  const lines = text.split('\n').map(() => '');
  for (const { line, lines: code } of blocks) {
    lines[line] = '{';
    for (const [i, imported] of inlineImports(code.join('\n')).split('\n').entries()) lines[line + 1 + i] = imported;
  }
  return `${lines.join('\n')}\n${'}'.repeat(blocks.length)}\nexport {};\n`;
}

/** Imports as they may stand in a scope: `const { a: b } = await import('x')`. */
const inlineImports = (code: string): string =>
  code
    .replace(/^import type \{([^}]*)\} from ('[^']+');/gm, (_all, names: string, from: string) =>
      names.replace(/(\w+)(,|\s*$)/g, `type $1 = import(${from}).$1;`),
    )
    .replace(/^import \{([^}]*)\} from ('[^']+');/gm, (_all, names: string, from: string) => {
      return `const {${names.replace(/ as /g, ': ')}} = await import(${from});`;
    })
    .replace(/^import \* as (\w+) from ('[^']+');/gm, 'const $1 = await import($2);')
    .replace(/^import (\w+) from ('[^']+');/gm, 'const { default: $1 } = await import($2);');

/** The commands of a block, comments left out and continued lines joined. */
export const commandsOf = ({ lines }: Block): string[] =>
  lines
    .join('\n')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter(Boolean);
