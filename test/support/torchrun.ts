/** Runs the train.py of an exported folder with PyTorch, alone or in several processes. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';

/** Writes the files of an export. */
export function writeFolder(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

/** What a run of train.py came to. */
export interface TrainedThere {
  /** What it printed. */
  readonly printed: string;
  /** The file that it saved. */
  readonly file: string;
  /** The loss of each step. */
  readonly losses: readonly number[];
}

/** Debian's torchrun needs --redirects. Logs go to a folder. */
export const torchrunArguments = async (logs: string): Promise<string[]> => [
  ...['-m', 'torch.distributed.run', '--redirects', '1', '--tee', '1', '--log_dir', logs],
  ...['--master_addr', '127.0.0.1', '--master_port', `${await freePort()}`],
];

/**
 * One epoch in so many processes: one alone, several by torchrun. Rejects with what it printed where it fails.
 */
export async function trainThere(
  python: string,
  folder: string,
  processes: number,
  args: readonly string[] = [],
): Promise<TrainedThere> {
  const at = (name: string) => join(folder, `${name}-${processes}`);
  const [file, log] = [at('saved.safetensors'), at('steps.csv')];
  const shared = [...(await torchrunArguments(at('logs'))), '--nproc_per_node', `${processes}`];
  const script = [join(folder, 'train.py'), '--device', 'cpu', '--save', file, '--log-steps', log, ...args];
  const printed = await runTorch(python, ['-B', ...(processes > 1 ? shared : []), ...script]);
  const rows = readFileSync(log, 'utf8').trim().split(/\r?\n/).slice(1);
  return { printed, file, losses: rows.map((row) => Number(row.split(',')[1])) };
}

/** One thread for each process, which are on a few cores. Resolves with what was printed, and rejects with it. */
export function runTorch(python: string, args: readonly string[], cwd?: string): Promise<string> {
  const env = { ...process.env, OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' };
  const child = spawn(python, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (part) => {
      printed += part;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(printed) : reject(new Error(`ended with ${code}:\n${printed}`))));
  });
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
