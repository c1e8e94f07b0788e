// How the builds and the tests import the files of shaders/.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = fileURLToPath(new URL('../shaders/', import.meta.url));
const DIGEST = 'virtual:shaders';

/**
 * A file of shaders/ becomes a module whose default export is { path, text, uses }: a bundle holds those that its ops import,
 * and those that they use. `virtual:shaders` exports a digest of them all.
 * @returns {import('vite').Plugin}
 */
export const wgsl = () => ({
  name: 'wgsl',
  enforce: 'pre',
  resolveId: (source) => (source === DIGEST ? `\0${DIGEST}` : undefined),
  load(id) {
    if (id === `\0${DIGEST}`) return `export const digest = ${JSON.stringify(digestOf(folder))};`;
    if (!id.endsWith('.wgsl')) return undefined;
    return moduleOf(relative(root, id).split(sep).join('/'), readFileSync(id, 'utf8'));
  },
});

/** The module of a file; `// @uses shared/step` becomes an import. */
function moduleOf(path, text) {
  const used = [...text.matchAll(/^\/\/ @uses (\S+)$/gm)].map(([, name]) => `${folder}${name}.wgsl`);
  const imports = used.map((file, i) => `import u${i} from ${JSON.stringify(file)};\n`);
  const uses = used.map((_, i) => `u${i}`).join(', ');
  const file = `{ path: ${JSON.stringify(path)}, text: ${JSON.stringify(stripped(text))}, uses: [${uses}] }`;
  return { code: `${imports.join('')}export default ${file};`, map: null, moduleType: 'js' };
}

/**
 * Without comments, but for those that tell the linker something, and with one space of indentation: what a file declares is
 * what begins a line. Lines keep their numbers.
 * @param {string} text
 */
export const stripped = (text) =>
  text
    .split('\n')
    .map((line) => line.replace(/\s*\/\/ (?!@(?:read|uniform|enable|unroll)\b).*|\s*\/\/$/, '').replace(/^\s+/, ' '))
    .join('\n');

function digestOf(directory) {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => `${parentPath}/${name}`).sort();
  return createHash('sha256')
    .update(paths.map((path) => stripped(readFileSync(path, 'utf8'))).join('\n'))
    .digest('hex')
    .slice(0, 16);
}
