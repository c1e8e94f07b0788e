// How setup talks and runs other programs. All it says goes to stderr: stdout belongs to the command that follows,
// which may be printing JSON for another program.
import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';

export const say = (line) => process.stderr.write(`${line}\n`);

/** Runs to the end with the output held back; throws it as an error if the program fails. Returns stdout. */
export function quietly(command, args, options = {}) {
  const run = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 26, ...options });
  if (run.error) throw run.error;
  if (run.status === 0) return run.stdout;
  const output = `${run.stdout}${run.stderr}`.trim();
  throw new Error(`${command} ${args.join(' ')} ended with ${run.status ?? run.signal}\n${output}`);
}

/** Runs in the foreground and resolves to its exit code, 128 + the signal's number if one ended it. */
export function foreground(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'inherit', ...options });
  // Ctrl-C reaches the child as well, and it is for the child to say what it means (save, finish, stop):
  // leaving first would give the prompt back while it is still writing.
  const stay = () => {};
  const passOn = () => child.kill('SIGTERM');
  process.on('SIGINT', stay).on('SIGTERM', passOn);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      process.off('SIGINT', stay).off('SIGTERM', passOn);
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}
