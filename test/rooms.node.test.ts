/** The tree of src/ is the architecture: imports go only from a room to those that it may know. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { against, circles, importsOf, roomOf, rooms } from './rooms.mjs';

const imports = importsOf();

test('src/ holds entries and rooms', () => {
  const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).sort()).toEqual(
    Object.keys(rooms)
      .filter((room) => room !== 'entries')
      .sort(),
  );
  const entries = [...imports.keys()].filter((file) => roomOf(file) === 'entries');
  expect(entries.sort()).toEqual(
    ['cli', 'data.node', 'index.node', 'index', 'predict.node'].map((name) => `src/${name}.ts`),
  );
});

test('every import goes to a room that may be imported', () => {
  expect(imports.size).toBeGreaterThan(150);
  expect(against(imports)).toEqual([]);
});

test('no files import one another in a circle, types included', () => {
  expect(circles(imports)).toEqual([]);
});

describe('what is wrong is told', () => {
  test('an import against the table', () => {
    const wrong = new Map([['src/base/errors.ts', ['src/graph/check.ts']]]);
    expect(against(wrong)).toEqual(['src/base/errors.ts imports src/graph/check.ts, but base may import only itself']);
    expect(against(new Map([['src/attic/old.ts', ['src/base/json.ts']]]))).toHaveLength(1);
  });

  test('a circle, once', () => {
    const around = new Map([
      ['a', ['b', 'd']],
      ['b', ['c']],
      ['c', ['a']],
      ['d', []],
    ]);
    expect(circles(around)).toEqual(['a -> b -> c -> a']);
  });

  test('imports of values, of types, for their effects and when asked for', () => {
    const text = `import { a } from './a.ts';\nimport type { B } from '../b.ts';\nimport './c.ts';\nexport * from './d.ts';\nconst e = await import('./e.ts');`;
    const [, found] = [...importsOf(() => text)].find(([file]) => file === 'src/index.ts')!;
    expect(found).toEqual(['src/a.ts', 'b.ts', 'src/c.ts', 'src/d.ts', 'src/e.ts']);
  });
});
