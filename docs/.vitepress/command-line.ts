/** The options of the command, as it prints them itself: a Markdown file for each of its commands. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export const commands = [
  'train',
  'eval',
  'predict',
  'summary',
  'export',
  'check',
  'bench',
  'reproduce',
  'info',
] as const;

export interface Option {
  /** '--batch <n>' */
  readonly flags: string;
  readonly text: string;
}
export interface Section {
  readonly title: string;
  readonly options: readonly Option[];
}
export interface Help {
  readonly usage: string;
  readonly description: string;
  readonly sections: readonly Section[];
  /** Examples and notes after the options, as they are printed. */
  readonly notes: string;
}

/** What `retrograd COMMAND --help` prints, or `retrograd --help` for an empty name; needs a build. */
export const helpText = (command: string): string =>
  execFileSync(process.execPath, [cli, ...(command ? [command] : []), '--help'], { encoding: 'utf8' });

export function parseHelp(text: string): Help {
  const [, usage, description, rest] = /^Usage: ([^\n]*)\n\n(.*?)\n\n(.*)$/s.exec(text)!;
  const [, listed, notes = ''] = /^(.*?)(?:\n\n(Examples?:\n.*))?$/s.exec(rest.trimEnd())!;
  const sections = listed.split('\n\n').map((block): Section => {
    const [title, ...lines] = block.split('\n');
    const options: { flags: string; text: string }[] = [];
    for (const line of lines) {
      const [, flags, first] = /^ {2}(\S.*?)(?: {2,}(.*)|)$/.exec(line) ?? [];
      if (flags) options.push({ flags, text: first ?? '' });
      else options.at(-1)!.text += ` ${line.trim()}`;
    }
    return { title: title.replace(/:$/, ''), options };
  });
  return { usage, description: description.replace(/\n/g, ' '), sections, notes };
}

export function writeCommandPages(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const command of commands)
    writeFileSync(join(folder, `${command}.md`), markdownOf(parseHelp(helpText(command))));
}

function markdownOf({ usage, description, sections, notes }: Help): string {
  const tables = sections.flatMap(({ title, options }) => [
    `**${title}**`,
    '',
    '| option | |',
    '| --- | --- |',
    ...options.map(({ flags, text }) => `| ${code(flags)} | ${escaped(text)} |`),
    '',
  ]);
  return [description, '', '```text', usage, '```', '', ...tables, '```text', notes, '```', ''].join('\n');
}

const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;
const escaped = (text: string): string => text.replace(/[<>|*_{}]/g, (c) => `&#${c.charCodeAt(0)};`);
