/** `retrograd export` */
import { resolve } from 'node:path';
import { Command } from 'commander';
import { printable } from '../base/show-value.ts';
import { ArgumentError, DataError } from '../index.node.ts';
import { onnxOf } from '../onnx/export/to-onnx.ts';
import { platform } from '../platform/platform.ts';
import { local, writeFile } from '../platform/write-file.node.ts';
import { addOptions } from './add-options.ts';
import { checkWritable } from './files.ts';
import { checkHeeded } from './heeded.ts';
import { addOutputOptions, type OutputFlags } from './options.ts';
import { integer, outputOf } from './output.ts';
import { oneOf } from './parse.ts';

interface ExportFlags extends OutputFlags {
  to: keyof typeof targets;
  overwrite?: boolean;
  foldBatchNorm?: boolean;
  logits?: boolean;
}

/** A file at a path. */
interface FileAt {
  readonly path: string;
  readonly bytes: Uint8Array;
}

interface Target {
  readonly what: string;
  /** Throws where nothing could be written to the place, before anything is computed. */
  check(place: string, flags: ExportFlags): void;
  /** What to write to the place, made of the file of a net. */
  files(net: FileAt, place: string, flags: ExportFlags): Promise<readonly FileAt[]>;
}

const targets = {
  onnx: {
    what: 'an ONNX file, which onnxruntime and others run',
    check: checkFile,
    files: async (net, place, { foldBatchNorm, logits }) => [
      { path: place, bytes: await onnxOf(net.bytes, net.path, { foldBatchNorm, logits }) },
    ],
  },
} satisfies Record<string, Target>;

export function exportCommand(): Command {
  const command = new Command('export').description('Writes a network as other libraries read it.');
  command.argument('<file>', 'a safetensors file, as train --save writes it');
  command.argument('<place>', 'the file to write');
  addOptions(command, 'Export:', [
    ['--to <format>', described, oneOf(targets)],
    ['--fold-batch-norm', 'make batch normalization a part of the weights before it; only with onnx'],
    ['--logits', 'leave out the softmax or sigmoid of the loss; only with onnx'],
    ['--overwrite', 'replace an existing file'],
  ]);
  return addOutputOptions(command).addHelpText('after', help).action(exportNet);
}

const described = Object.entries(targets)
  .map(([name, { what }]) => `${name}: ${what}`)
  .join('; ');

const help = `
Example:
  retrograd export run.safetensors --to onnx run.onnx

With --json there is one event, "export" or "error".`;

async function exportNet(file: string, place: string, flags: ExportFlags, command: Command): Promise<void> {
  const { to } = flags;
  if (to === undefined) throw new ArgumentError(`--to: expected one of ${Object.keys(targets).join(', ')}, found none`);
  checkHeeded(
    command,
    ['--fold-batch-norm', '--logits'].map((flag) => [flag, to === 'onnx', 'with --to onnx', `--to ${to}`] as const),
  );
  const target: Target = targets[to];
  target.check(place, flags);
  const output = outputOf(flags);
  const bytes = await platform.files!.read(file);
  if (!bytes) throw new DataError(`${file}: no such file`);
  const files = await target.files({ path: file, bytes }, place, flags);
  for (const { path, bytes } of files) await writeFile(resolve(local(path)), bytes);
  const size = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  output.emit({ event: 'export', file, to, place, bytes: size });
  output.say(`${printable(file)} written as ${to} to ${printable(place)}: ${integer(size)} bytes`);
}

/** Throws ArgumentError for a file that nobody said may be replaced, DataError for one that cannot be written. */
function checkFile(place: string, { overwrite }: ExportFlags): void {
  if (checkWritable(place) && !overwrite)
    throw new ArgumentError(`expected a file that does not exist yet, or --overwrite, found ${place}`);
}
