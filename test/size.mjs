// npm run size: what programs carry of the library, minified and packed. test/size.node.test.ts holds them to it.
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What is measured. */
const programs = {
  'ten lines': `
    import { adam, compile, dense, openDevice, print, relu, sequential, softmaxCrossEntropy } from 'retrograd';
    import { digits } from 'retrograd/data';
    const { train, test } = digits();
    const device = await openDevice();
    const model = sequential([784], [dense(100, relu), dense(10)]);
    const net = await compile(model, { device, batch: 50, loss: softmaxCrossEntropy(), optimizer: adam(), seed: 1 });
    await net.fit(train, { epochs: 5, validation: test, onEpoch: (e) => console.log(e.epoch, e.validation.accuracy) });
    console.log(print(net.schedule));
    net.destroy();
    device.destroy();`,
  'compile + dense + sgd': `
    import { compile, dense, sequential, sgd, softmaxCrossEntropy } from 'retrograd';
    const optimizer = sgd({ learningRate: 0.1 });
    export const net = await compile(sequential([784], [dense(10)]), { batch: 50, loss: softmaxCrossEntropy(), optimizer });`,
  predict: `
    import { openDevice, openModel } from 'retrograd/predict';
    export const model = await openModel('digits.safetensors', { device: await openDevice() });
    console.log(await model.predict(new Uint8Array(784)));`,
  everything: `export * from 'retrograd';`,
};

/**
 * Bundles a program as for a browser: `start` is what is fetched at once, `later` what import() may ask for. Each has its
 * text, its size in bytes, packed file by file, and the bytes that each file of dist has in it.
 */
export async function bundle(program) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: root, sourcefile: 'program.js' },
    bundle: true,
    tsconfigRaw: '{}', // what is measured is dist, as the exports of package.json name it
    minify: true,
    splitting: true,
    format: 'esm',
    outdir: 'out',
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  const textOf = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  const start = new Set();
  const fetch = (name) => {
    if (start.has(name)) return;
    start.add(name);
    for (const { path, kind } of outputs.get(name).imports) if (kind === 'import-statement') fetch(basename(path));
  };
  fetch('stdin.js');
  const part = (names) => {
    const files = new Map();
    for (const { inputs } of names.map((name) => outputs.get(name))) {
      for (const [file, { bytesInOutput }] of Object.entries(inputs))
        files.set(file, (files.get(file) ?? 0) + bytesInOutput);
    }
    const texts = names.map((name) => textOf.get(name));
    return { text: texts.join('\n'), packed: texts.reduce((sum, text) => sum + gzipSync(text).length, 0), files };
  };
  return { start: part([...start]), later: part([...textOf.keys()].filter((name) => !start.has(name))) };
}

/** @returns {Promise<Record<string, Awaited<ReturnType<typeof bundle>>>>} */
export const bundleAll = async () =>
  Object.fromEntries(
    await Promise.all(Object.entries(programs).map(async ([name, program]) => [name, await bundle(program)])),
  );

const kB = (bytes) => (bytes / 1000).toFixed(1);

/** A line per program, in kB. */
export function table(bundles) {
  const width = Math.max(...Object.keys(bundles).map((name) => name.length));
  const row = (name, ...cells) => [name.padEnd(width), ...cells.map((cell) => cell.padStart(8))].join('');
  return [
    row('kB, minified, gzip', 'start', 'later'),
    ...Object.entries(bundles).map(([name, { start, later }]) => row(name, kB(start.packed), kB(later.packed))),
  ].join('\n');
}

/** The files of dist in a bundle, the largest first. */
const listing = ({ files }) =>
  [...files]
    .sort(([, a], [, b]) => b - a)
    .map(([file, bytes]) => `${String(bytes).padStart(8)}  ${file}`)
    .join('\n');

// With the name of a program, what it is made of as well: npm run size -- 'ten lines'
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const bundles = await bundleAll();
  console.log(table(bundles));
  const detailed = bundles[process.argv[2]];
  if (detailed) console.log(`\nat the start\n${listing(detailed.start)}\n\nlater\n${listing(detailed.later)}`);
}
