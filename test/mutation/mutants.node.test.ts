/** The faults that `npm run mutate` puts into a file. */
import { describe, expect, test } from 'vitest';
import { isUncompiled, mutantsOf, mutate, sample } from './mutants.mjs';

/** What a line becomes. */
const made = (file: string, text: string): string[] => mutantsOf(file, text).map((mutant) => mutate(text, mutant));

describe('mutants of TypeScript', () => {
  test.each<[string, string, string[]]>([
    ['operators', 'a = b + c;', [';', 'a = b - c;']],
    ['boundaries', 'const a = b < c;', ['const a = b <= c;']],
    ['equality', 'const a = b === c;', ['const a = b !== c;']],
    ['logic', 'const a = b && c;', ['const a = b || c;']],
    ['conditions', 'if (a) b();', ['if (false) b();', 'if (true) b();', 'if (a) ;']],
    ['choices', 'const a = b ? c : d;', ['const a = false ? c : d;', 'const a = true ? c : d;']],
    ['signs', 'const a = -b;', ['const a = b;']],
    ['negations', 'const a = !b;', ['const a = b;']],
    ['whole numbers', 'const a = 9;', ['const a = 10;']],
    ['other numbers', 'const a = 1e-5;', ['const a = (2.0 * 1e-5);']],
    ['truth', 'const a = true;', ['const a = false;']],
    ['statements', 'f(a);', [';']],
    ['shifts', 'const a = b << c >>> d;', ['const a = b >> c >>> d;', 'const a = b << c << d;']],
    ['what may be missing', 'const a = b ?? c;', ['const a = b && c;']],
    ['steps', 'for (; ; i++) {}', ['for (; ; i--) {}']],
    ['loops', 'while (a) {}', ['while (false) {}']],
    [
      'methods',
      'const a = Math.max(b, c.some(d));',
      ['const a = Math.min(b, c.some(d));', 'const a = Math.max(b, c.every(d));'],
    ],
  ])('%s', (_name, text, expected) => expect(made('a.ts', text)).toEqual(expected));

  test.each([
    ['"??" beside "&&"', 'const a = b ?? c ?? d;'],
    ['a name that is no longer one', 'const a = { 0.5: b };'],
  ])('leave out what does not parse: %s', (_name, text) => expect(made('a.ts', text)).toEqual([]));

  test('leave types, imports and joined texts alone', () => {
    const text =
      "import a from 'a';\ninterface A { b: 1 | 2 }\ntype B = true;\nconst c: 3 = d as 4;\nconst e = 'f' + g;\n";
    expect(made('a.ts', text)).toEqual([]);
  });

  test('leave the cases of an op alone', () => {
    expect(made('a.ts', 'const poolCases = [1];\nconst op = { size: 2, cases: [3] };')).toEqual([
      'const poolCases = [1];\nconst op = { size: 3, cases: [3] };',
    ]);
  });

  test('say where they are', () => {
    expect(mutantsOf('a.ts', 'f();\nconst a = b * c;')).toEqual([
      { start: 0, end: 4, line: 1, old: 'f();', new: ';' },
      { start: 17, end: 18, line: 2, old: '*', new: '/' },
    ]);
  });
});

describe('mutants of WGSL', () => {
  test.each<[string, string, string[]]>([
    ['operators, not types', 'let a: vec4<f32> = b * c;', ['let a: vec4<f32> = b / c;']],
    ['numbers with their suffix', 'let a = f(1u, 0.5);', ['let a = f(2u, 0.5);', 'let a = f(1u, (2.0 * 0.5));']],
    ['conditions', '  if (a < b) {', ['  if (a <= b) {', '  if (false) {', '  if (true) {']],
    [
      'shifts',
      'let a = (b << c) | (d >> e);',
      ['let a = (b >> c) | (d >> e);', 'let a = (b << c) & (d >> e);', 'let a = (b << c) | (d << e);'],
    ],
    ['statements', '  a[i] += b;', ['  ;', '  a[i] -= b;']],
    ['functions', 'let a = max(b, c);', ['let a = min(b, c);']],
    ['no comments', '// a + 1\nlet a = b;', []],
  ])('%s', (_name, text, expected) => expect(made('a.wgsl', text).toSorted()).toEqual(expected.toSorted()));
});

describe('a shader that does not compile', () => {
  const message = 'map: the shader failed to compile:\nline 3: mixing && and ||';
  test.each([
    ['the error itself', { name: 'ShaderError', message: 'map: no such entry point' }, true],
    ['what a process printed', { name: 'AssertionError', message: `expected '${message}' to be ''` }, true],
    ['the cause of another', { name: 'Error', message: 'no', cause: { name: 'ShaderError', message } }, true],
    ['another value', { name: 'AssertionError', message: 'expected 1 to be 2' }, false],
    ['no message', { name: 'Error' }, false],
  ])('is told by its errors: %s', (_name, error, expected) =>
    expect(isUncompiled([{ name: 'Error', message: 'first' }, error])).toBe(expected),
  );
  test('is none without errors', () => expect(isUncompiled([])).toBe(false));
});

test('a sample is the same for a seed, another for another, and in order', () => {
  const list: number[] = Array.from({ length: 100 }, (_, i) => i);
  const [a, b, c]: number[][] = [sample(list, 10, 1), sample(list, 10, 1), sample(list, 10, 2)];
  expect(a).toEqual(b);
  expect(a).not.toEqual(c);
  expect(new Set(a).size).toBe(10);
  expect(a).toEqual(a.toSorted((x, y) => x - y));
  expect(sample(list, 1000, 1)).toEqual(list);
});
