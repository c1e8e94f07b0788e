/** What a program carries of the library is what it names. Reads dist, made by `npm run build`. */
import { existsSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { bundleAll, table } from './size.mjs';

let bundles: Awaited<ReturnType<typeof bundleAll>>;
beforeAll(async () => {
  if (!existsSync('dist/index.js')) throw new Error('dist is not there: it is made by `npm run build`');
  bundles = await bundleAll();
  console.log(table(bundles));
});

test('each program is bundled, and holds the code that it calls', () => {
  for (const { start } of Object.values(bundles)) expect(start.text).toContain('createComputePipeline');
});
