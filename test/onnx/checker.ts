/** The checker of the ONNX project, of Debian's package `python3-onnx`, where that is installed. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The one on the path may not be Debian's. */
const pythons = ['python3', '/usr/bin/python3'];
const python = pythons.find((name) => spawnSync(name, ['-c', 'import onnx']).status === 0);

/** Why nothing is checked; undefined where it is. */
export const missing = python ? undefined : 'no python3 has the package onnx (python3-onnx of Debian)';
if (missing) console.log(`ONNX files are not given to the checker of ONNX: ${missing}.`);

const script = `
import sys, onnx
for path in sys.argv[1:]:
    try:
        onnx.checker.check_model(onnx.load(path), full_check=True)
    except Exception as error:
        print(path, error)
`;

/** What the checker says against files, which it also infers all shapes of; '' where it says nothing. */
export function check(files: ReadonlyMap<string, Uint8Array>): string {
  const folder = mkdtempSync(join(tmpdir(), 'retrograd-onnx-'));
  try {
    const paths = [...files].map(([name, bytes], i) => {
      const path = join(folder, `${i} ${name.replace(/\W+/g, ' ').slice(0, 60)}.onnx`);
      writeFileSync(path, bytes);
      return path;
    });
    const { stdout, stderr } = spawnSync(python!, ['-c', script, ...paths], { encoding: 'utf8' });
    return stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
