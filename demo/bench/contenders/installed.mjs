// Name and version of an installed package, as the results give it.
import { readFileSync } from 'node:fs';

export function installed(name) {
  const manifest = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return `${name} ${JSON.parse(readFileSync(manifest, 'utf8')).version}`;
}
