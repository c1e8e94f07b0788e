/** The part of the build that makes the page work without a network: a service worker that knows all files of the site. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const source = new URL('./service-worker.js', import.meta.url);

export const offline: Plugin = {
  name: 'offline',
  apply: 'build',
  generateBundle: {
    order: 'post', // after index.html and the workers are there
    handler(_, bundle) {
      const page = bundle['index.html'];
      const html = page?.type === 'asset' ? String(page.source) : '';
      const [, main] = /<script [^>]*src="\.\/([^"]+)"/.exec(html) ?? this.error('index.html names no script');
      const files = Object.keys(bundle).filter((name) => name !== 'index.html');
      const values = { FILES: files, MAIN: main, VERSION: digestOf([...files, html]) };
      const head = Object.entries(values).map(([name, value]) => `const ${name} = ${JSON.stringify(value)};\n`);
      this.emitFile({
        type: 'asset',
        fileName: 'service-worker.js',
        source: head.join('') + readFileSync(source, 'utf8'),
      });
    },
  },
};

const digestOf = (texts: readonly string[]): string =>
  createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, 16);
