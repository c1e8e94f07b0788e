// Every code block of README.md and docs/ runs, or is checked as far as it can be; see blocks.ts for the rule.
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { helpText, parseHelp } from '../../docs/.vitepress/command-line.ts';
import { chromiumIsInstalled } from '../../setup/chromium.mjs';
import { launch, serveFiles, visit } from '../support/page.ts';
import { pythonWith } from '../support/python.ts';
import { runTorch, torchrunArguments } from '../support/torchrun.ts';
import {
  type Block,
  commandsOf,
  firstProgramOf,
  isPage,
  isPython,
  isScript,
  isShell,
  moduleOf,
  type Page,
  pages,
  root,
  textOf,
} from './blocks.ts';

const all = pages();
const scripted = all.filter(({ blocks }) => blocks.some(isScript));
const python = pythonWith('torch, numpy, onnx', 'Python in the guide, and what it writes the files for');
/** Whether Python has to have run before the rest of a page. */
const isLeft = (page: Page): boolean => firstProgramOf(page) !== '' && !python;

/** A folder as a user's project, with what the guide tells him to install. */
const project = mkdtempSync(join(tmpdir(), 'retrograd-docs-'));
for (const name of ['@webgpu/types', '@types/node', 'onnxruntime-web', 'undici-types', 'webgpu'])
  link(join(root, 'node_modules', name), name);
link(root, 'retrograd');
writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
afterAll(() => rmSync(project, { recursive: true }));

function link(from: string, name: string): void {
  const to = join(project, 'node_modules', name);
  mkdirSync(join(to, '..'), { recursive: true });
  symlinkSync(from, to);
}

/** Where the blocks of a page run, and leave files. */
const folderOf = (page: Page): string => `${fileOf(page, 'run.mjs')}.files`;
const fileOf = ({ path }: Page, kind: string): string => join(project, `${path.replace(/[/.]/g, '-')}.${kind}`);
const languageOf = ({ blocks }: Page): string => (blocks.some(({ language }) => language === 'ts') ? 'mts' : 'mjs');

describe('types', () => {
  const checked = new Map<string, Page>();
  let program: ts.Program;
  beforeAll(() => {
    for (const page of scripted) {
      const blocks = page.blocks.filter((block) => isScript(block) && block.exception?.kind !== 'not checked');
      const file = fileOf(page, `types.${languageOf(page)}`);
      writeFileSync(file, moduleOf(page, blocks));
      checked.set(file, page);
    }
    program = ts.createProgram([...checked.keys()], {
      strict: true,
      allowJs: true,
      checkJs: true,
      noEmit: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
      types: ['@webgpu/types', 'node'],
      skipLibCheck: true,
    });
  });

  test.each(scripted.map((page) => [page.path, page] as const))('%s', (path, page) => {
    const source = program.getSourceFile(fileOf(page, `types.${languageOf(page)}`))!;
    const wrong = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    const told = wrong.map(({ start, messageText }) => {
      const { line } = source.getLineAndCharacterOfPosition(start!);
      return `${path}:${line + 1}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
    expect(told).toEqual([]);
  });
});

interface Outcome {
  readonly file: string;
  readonly seconds: number;
  readonly output: string;
  readonly failure?: string;
}

describe('runs', () => {
  const outcomes = new Map<string, Outcome>();
  const runnable = scripted.filter(
    (page) => !isLeft(page) && page.blocks.some((block) => isScript(block) && !block.exception),
  );

  beforeAll(async () => {
    for (const page of runnable) {
      if (firstProgramOf(page) !== '') await runProgram(firstProgramOf(page), folderOf(page));
      const code = moduleOf(
        page,
        page.blocks.filter((block) => isScript(block) && !block.exception),
      );
      const { outputText } = ts.transpileModule(code, {
        compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
      });
      writeFileSync(fileOf(page, 'run.mjs'), languageOf(page) === 'mts' ? outputText : code);
    }
    const runner = fileURLToPath(new URL('run-pages.mjs', import.meta.url));
    const files = runnable.map((page) => fileOf(page, 'run.mjs'));
    await ended(
      fork(runner, files, { cwd: project, silent: true }).on('message', (outcome: Outcome) => {
        outcomes.set(outcome.file, outcome);
      }),
    );
  }, 600_000); // dozens of programs, in a process

  test.each(runnable.map((page) => [page.path, page] as const))('%s', (path, page) => {
    const file = fileOf(page, 'run.mjs');
    const outcome = outcomes.get(file);
    expect(outcome, 'the process did not come to its end').toBeDefined();
    const { failure, output } = outcome!;
    // The lines of the module are those of the page.
    expect(
      failure && `${failure.replaceAll(new RegExp(`\\S*${basename(file)}`, 'g'), path)}\n${output}`,
    ).toBeUndefined();
    for (const line of page.blocks.filter(({ isPrinted }) => isPrinted).flatMap(({ lines }) => lines))
      expect(output).toContain(line);
  });
});

/** Runs a program of Python in a folder. Rejects with what it printed where it fails. */
async function runProgram(text: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'program.py');
  writeFileSync(file, text);
  await runTorch(python!, [file], folder);
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => resolve());
  });

describe('pages', () => {
  const inBrowser = all.flatMap((page) =>
    page.blocks.flatMap((block) => (isPage(block) && !isLeft(page) ? [[page.path, page, block] as const] : [])),
  );

  test.skipIf(!chromiumIsInstalled()).each(inBrowser)('%s', async (path, page, block) => {
    const folder = folderOf(page);
    writeFileSync(join(folder, 'index.html'), textOf(block));
    symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
    const [site, browser] = await Promise.all([serveFiles(folder), launch()]);
    try {
      const { page, complaints, strangers } = await visit(browser, site.url);
      const done = await page.getByText(/^Done/).innerText();
      console.log(`${path}: ${done}`);
      expect([...complaints, ...strangers]).toEqual([]);
      // Such as the accuracy before and after training.
      const numbers = done.match(/[\d.]+/g)?.map(Number) ?? [];
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    } finally {
      await browser.close();
      await site.close();
    }
  });
});

describe('commands', () => {
  const blocks = all.flatMap((page) =>
    page.blocks.flatMap((block) =>
      partsOf(page, block).map((command) => [`${page.path}:${block.line + 1}`, command, page, block] as const),
    ),
  );

  /** The commands of a block; that of Python is the whole block. */
  function partsOf(page: Page, block: Block): string[] {
    if (isShell(block)) return commandsOf(block);
    const isFirst = block.line < (page.blocks.find(isScript)?.line ?? 0);
    return isPython(block) && !isFirst ? ['python'] : [];
  }
  const cli = join(root, 'dist/cli.js');
  const helps = new Map<string, ReturnType<typeof parseHelp>>();
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

  test.each(blocks.filter(([, , , { exception }]) => exception?.kind !== 'not checked'))(
    '%s %s',
    async (_at, command, page, block) => {
      const [name, ...args] = wordsOf(command);
      const cwd = join(folderOf(page), block.folder ?? '');
      if (isPython(block)) {
        if (python && !block.exception) await runProgram(textOf(block), cwd);
        return;
      }
      mkdirSync(cwd, { recursive: true });
      if (name === 'npm') return checkScript(args);
      if (name === 'npx' && args[0] === 'vitest') return expect(existsSync(join(root, args.at(-1)!))).toBe(true);
      if (name === 'python' || name === 'torchrun') {
        if (block.exception || !python) return;
        const start = name === 'python' ? [] : await torchrunArguments(join(cwd, 'logs'));
        return void (await runTorch(python, [...start, ...args], cwd));
      }
      const ours = retrogradArguments([name, ...args]);
      checkOptions(ours);
      if (block.exception) return;
      execFileSync(process.execPath, [cli, ...ours], { cwd, stdio: 'pipe' });
    },
  );

  /** What `npx retrograd`, `retrograd` or `node dist/cli.js` is given. */
  function retrogradArguments(words: readonly string[]): string[] {
    for (const start of ['npx retrograd', 'retrograd', 'node dist/cli.js']) {
      const length = start.split(' ').length;
      if (words.slice(0, length).join(' ') === start) return words.slice(length);
    }
    throw new Error(`no command that this test knows: ${words.join(' ')}`);
  }

  /** `npm run NAME -- ARGUMENTS` */
  function checkScript([verb, ...args]: string[]): void {
    if (['install', 'ci', 'create'].includes(verb)) return;
    const name = verb === 'run' ? args.shift()! : verb;
    expect(scripts).toHaveProperty(name);
    const given = args.slice(args.indexOf('--') + 1);
    if (name === 'start' || name === 'bench') checkOptions([name === 'start' ? 'train' : 'bench', ...given]);
  }

  /** Throws unless the command has all these options. */
  function checkOptions([command, ...args]: readonly string[]): void {
    if (command.startsWith('-')) return;
    if (!helps.has(command)) helps.set(command, parseHelp(helpText(command)));
    const known = helps
      .get(command)!
      .sections.flatMap(({ options }) => options.map(({ flags }) => flags.split(' ')[0]));
    for (const option of args.filter((arg) => arg.startsWith('--') && arg !== '--help'))
      expect(known, `retrograd ${command}`).toContain(option);
  }
});

/** Split at spaces, with what is set for the command alone left out. */
function wordsOf(command: string): string[] {
  const words = command.split(/\s+/);
  while (/^[A-Z_]+=/.test(words[0])) words.shift();
  return words;
}

/** As many blocks cannot run today: those of a browser or of several machines, those of files of one's own, and parts of files. */
const EXCEPTIONS = 22;

const isCode = (block: Block): boolean => [isScript, isShell, isPython, isPage].some((is) => is(block));

test('few blocks are exceptions', () => {
  const exceptions = all.flatMap(({ path, blocks }) =>
    blocks
      .filter((block) => isCode(block) && block.exception)
      .map(({ line, exception }) => `${path}:${line + 1} ${exception!.kind}: ${exception!.reason}`),
  );
  const count = all.flatMap(({ blocks }) => blocks).filter(isCode).length;
  console.log(`${count} blocks, ${exceptions.length} exceptions\n${exceptions.join('\n')}`);
  expect(exceptions.length).toBeLessThanOrEqual(EXCEPTIONS);
});
