// How the builds and the tests import the Python files that an export to PyTorch writes.
import { readFileSync } from 'node:fs';

/**
 * A file of Python becomes a module whose default export is its text.
 * @returns {import('vite').Plugin}
 */
export const python = () => ({
  name: 'python',
  enforce: 'pre',
  load(id) {
    if (!id.endsWith('.py')) return undefined;
    return { code: `export default ${JSON.stringify(readFileSync(id, 'utf8'))};`, map: null, moduleType: 'js' };
  },
});
