// PyTorch, NumPy and ONNX from apt, for the tests that compare with them. They take Debian's Python: what pip installs is the user's own.
import { spawnSync } from 'node:child_process';
import { mayInstall } from './adapter.mjs';
import { aptRunsHere, install, update } from './apt.mjs';
import { say } from './shell.mjs';

const packages = ['python3-torch', 'python3-numpy', 'python3-onnx'];
const isInstalled = () =>
  ['python3', '/usr/bin/python3'].some((python) => spawnSync(python, ['-c', 'import torch, numpy, onnx']).status === 0);

/** Installs them where they are not there yet, or throws why it cannot. */
export function installPyTorch() {
  if (isInstalled()) return;
  if (!mayInstall) throw new Error('RETROGRAD_NO_INSTALL=1 forbids installing them.');
  if (!aptRunsHere) throw new Error(`They are installed by apt as root: ${packages.join(', ')}, or by pip.`);
  say(`Installing ${packages.join(', ')}, for the tests that compare with PyTorch (250 MB) ...`);
  update();
  install(...packages);
  if (!isInstalled()) throw new Error(`apt has installed ${packages.join(', ')}, but no python3 imports them.`);
}
