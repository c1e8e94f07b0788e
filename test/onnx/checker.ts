/** The checker of the ONNX project, of Debian's package `python3-onnx`, where that is installed. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonWith, runPython } from '../support/python.ts';

const python = pythonWith('onnx', 'The checker of ONNX');

/** Why nothing is checked; undefined where it is. */
export const missing = python ? undefined : 'no python3 has the package onnx';

const script = `
import json, sys, onnx
wrong = []
for path in sys.argv[1:]:
    try:
        onnx.checker.check_model(onnx.load(path), full_check=True)
    except Exception as error:
        wrong.append(f'{path}: {error}')
print(json.dumps(wrong))
`;

/** What the checker says against files, which it also infers all shapes of. */
export function check(files: Iterable<Uint8Array>): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'retrograd-onnx-'));
  try {
    const paths = Array.from(files, (bytes, i) => {
      const path = join(folder, `${i}.onnx`);
      writeFileSync(path, bytes);
      return path;
    });
    return runPython(python!, ['-c', script, ...paths]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
