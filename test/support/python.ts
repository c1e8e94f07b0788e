/** Python of this machine, for what a test compares with NumPy and PyTorch. */
import { spawnSync } from 'node:child_process';

/** The one on the path may not be Debian's. */
const pythons = ['python3', '/usr/bin/python3'];

/** A Python that has a package, or several; undefined where none has, which is printed. */
export function pythonWith(name: 'numpy' | 'onnx' | 'torch' | 'torch, numpy, onnx', what: string): string | undefined {
  const found = pythons.find((python) => spawnSync(python, ['-c', `import ${name}`]).status === 0);
  if (!found) console.log(`${what}: skipped, as no python3 has the package ${name}.`);
  return found;
}

/** What a program prints, read as JSON; `input` is given to it as JSON. Throws with what it says where it fails. */
export function runPython(python: string, args: readonly string[], input?: unknown, path?: string): unknown {
  const { status, stdout, stderr } = spawnSync(python, ['-B', ...args], {
    input: JSON.stringify(input ?? null),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, ...(path !== undefined && { PYTHONPATH: path }) },
  });
  if (status !== 0) throw new Error(`${args[0]} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}
