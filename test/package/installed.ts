/** The package as its users have it: packed, and installed from the tarball. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { npm } from '../../setup/packages.mjs';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const run = promisify(execFile);

export interface Installed {
  readonly tarball: string;
  /** Paths of the files inside. */
  readonly files: readonly string[];
  /** Bytes of the tarball. */
  readonly size: number;
  /** A folder with the programs of `consumers/`, the package, and no other. */
  readonly bare: string;
  /** The same with `webgpu` and `@webgpu/types`. */
  readonly full: string;
  remove(): Promise<void>;
}

export async function install(): Promise<Installed> {
  if (!existsSync(join(root, 'dist/index.d.ts')))
    throw new Error('dist is not there: these tests pack the build, made by `npm run build`');
  const folder = await mkdtemp(join(tmpdir(), 'retrograd-package-'));
  const [{ filename, files, size }] = JSON.parse(npm(['pack', '--json', '--pack-destination', folder], { cwd: root }));
  const tarball = join(folder, filename);
  const [bare, full] = [join(folder, 'bare'), join(folder, 'full')];
  await mkdir(bare);
  await writeFile(join(bare, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  npm(['install', '--offline', '--no-audit', '--no-fund', tarball], { cwd: bare });
  await cp(fileURLToPath(new URL('consumers', import.meta.url)), bare, { recursive: true });
  await cp(bare, full, { recursive: true });
  await mkdir(join(full, 'node_modules/@webgpu'));
  for (const name of ['webgpu', '@webgpu/types'])
    await symlink(join(root, 'node_modules', name), join(full, 'node_modules', name), 'junction');
  return {
    tarball,
    files: files.map(({ path }: { path: string }) => path),
    size,
    bare,
    full,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
