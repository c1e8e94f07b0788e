// The page: `npm run demo` serves it, `npm run demo:build` makes a static site that works from any sub-path.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { python } from '../../setup/python.mjs';
import { wgsl } from '../../setup/wgsl.mjs';
import { offline } from './offline.ts';

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** The folder with the IDX files of MNIST, if this machine has them. */
const mnist = process.env.RETROGRAD_DATA && join(process.env.RETROGRAD_DATA, 'mnist');
const hasMnist = Boolean(mnist && existsSync(mnist));
const DATA_PATH = '/data/mnist/';

/** Serves the files of MNIST out of RETROGRAD_DATA, and nothing else of it. */
const serveMnist: Plugin = {
  name: 'mnist',
  configureServer({ middlewares }) {
    middlewares.use((request, response, next) => {
      const [, name] = new RegExp(`${DATA_PATH}((?:train|t10k)-[a-z0-9-]+(?:\\.gz)?)$`).exec(request.url ?? '') ?? [];
      if (!name || !hasMnist) return next();
      const file = join(mnist!, name);
      if (!existsSync(file)) {
        response.statusCode = 404;
        return response.end();
      }
      response.setHeader('content-type', 'application/octet-stream');
      response.setHeader('content-length', statSync(file).size);
      createReadStream(file).pipe(response);
    });
  },
};

/** One file for all that a first view needs, whatever it shares with what is loaded later: it packs better. */
const inOneFile = (name: string, test: RegExp) => ({ output: { codeSplitting: { groups: [{ name, test }] } } });

export default defineConfig(({ command, isPreview }) => ({
  root: path('.'),
  base: './',
  define: { DATA_URL: JSON.stringify(command === 'serve' && !isPreview && hasMnist ? DATA_PATH.slice(0, -1) : '') },
  plugins: [serveMnist, wgsl(), python(), offline],
  resolve: {
    alias: {
      'retrograd/bench': path('../../src/bench/index.ts'),
      'retrograd/data': path('../../src/data/index.ts'),
      'retrograd/onnx': path('../../src/onnx/index.ts'),
      'retrograd/pytorch': path('../../src/pytorch/index.ts'),
      retrograd: path('../../src/index.ts'),
    },
  },
  worker: {
    format: 'es',
    plugins: () => [wgsl()],
    rolldownOptions: inOneFile('worker', /lab\/worker\.ts$/),
  },
  // Browsers without modulepreload, none of which has WebGPU, fetch what a tab imports a little later.
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    rolldownOptions: inOneFile('page', /mnist\/main\.tsx$/),
  },
}));
