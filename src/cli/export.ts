/** `retrograd export` */
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { printable } from '../base/show-value.ts';
import type { DatasetPair } from '../data.node.ts';
import { ArgumentError, DataError } from '../index.node.ts';
import { onnxOf } from '../onnx/export/to-onnx.ts';
import { platform } from '../platform/platform.ts';
import { local, writeFile } from '../platform/write-file.node.ts';
import { isTaken, writeFolder } from '../platform/write-folder.node.ts';
import { addOptions } from './add-options.ts';
import { checkData, openCheckpoint } from './checkpoint.ts';
import { openData } from './dataset.ts';
import { checkWritable } from './files.ts';
import { checkHeeded } from './heeded.ts';
import { holdOut } from './held-out.ts';
import { addOutputOptions, addRunOptions, type OutputFlags } from './options.ts';
import { integer, type Output, outputOf } from './output.ts';
import { oneOf, text } from './parse.ts';
import { recall } from './remembered-options.ts';
import { addControlOptions, type ControlFlags } from './training-options.ts';

interface ExportFlags extends OutputFlags {
  to: keyof typeof targets;
  data?: string;
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
  /** Writes what is made of the file of a net to the place. Returns how many bytes that is. */
  write(net: FileAt, place: string, flags: ExportFlags, output: Output): Promise<number>;
}

const targets = {
  onnx: {
    what: 'an ONNX file, which onnxruntime and others run',
    check: checkFile,
    async write(net, place, { foldBatchNorm, logits }) {
      const bytes = await onnxOf(net.bytes, net.path, { foldBatchNorm, logits });
      await writeFile(resolve(local(place)), bytes);
      return bytes.length;
    },
  },
  pytorch: {
    what: 'a folder in which PyTorch trains it further, by train.py',
    check: checkFolder,
    async write(net, place, { data }, output) {
      const { pytorchOf } = await import('../pytorch/export-pytorch.ts');
      const files = await pytorchOf(net.bytes, net.path, await samplesFor(net.path, data, output));
      await writeFolder(resolve(local(place)), files);
      return Object.values(files).reduce((sum, content) => sum + Buffer.byteLength(content), 0);
    },
  },
} satisfies Record<string, Target>;

export function exportCommand(): Command {
  const command = new Command('export').description('Writes a network as other libraries read it.');
  command.argument('<file>', 'a safetensors file, as train --save writes it');
  command.argument('<place>', 'the file or folder to write');
  addOptions(command, 'Export:', [
    ['--to <format>', described, oneOf(targets)],
    [
      '--data <name|path>',
      'data of the training, as train takes it, to write along as arrays; generated data always is; only with pytorch',
      text,
    ],
    ['--fold-batch-norm', 'make batch normalization a part of the weights before it; only with onnx'],
    ['--logits', 'leave out the softmax or sigmoid of the loss; only with onnx'],
    ['--overwrite', 'replace an existing file; only with onnx'],
  ]);
  return addOutputOptions(command).addHelpText('after', help).action(exportNet);
}

const described = Object.entries(targets)
  .map(([name, { what }]) => `${name}: ${what}`)
  .join('; ');

const help = `
Examples:
  retrograd export run.safetensors --to onnx run.onnx
  retrograd export run.safetensors --to pytorch run
  retrograd export pets.safetensors --to pytorch pets --data pictures/

With --json there is one event, "export" or "error".`;

async function exportNet(file: string, place: string, flags: ExportFlags, command: Command): Promise<void> {
  const { to } = flags;
  if (to === undefined) throw new ArgumentError(`--to: expected one of ${Object.keys(targets).join(', ')}, found none`);
  const rules = (format: keyof typeof targets, ...flags: string[]) =>
    flags.map((flag) => [flag, to === format, `with --to ${format}`, `--to ${to}`] as const);
  checkHeeded(command, [
    ...rules('onnx', '--fold-batch-norm', '--logits', '--overwrite'),
    ...rules('pytorch', '--data'),
  ]);
  const target: Target = targets[to];
  target.check(place, flags);
  const output = outputOf(flags);
  const bytes = await platform.files!.read(file);
  if (!bytes) throw new DataError(`${file}: no such file`);
  const size = await target.write({ path: file, bytes }, place, flags, output);
  output.emit({ event: 'export', file, to, place, bytes: size });
  output.say(`${printable(file)} written as ${to} to ${printable(place)}: ${integer(size)} bytes`);
}

/** Throws ArgumentError for what is there already, DataError for a folder that cannot be written. */
function checkFolder(place: string): void {
  const folder = resolve(local(place));
  if (isTaken(folder)) throw new ArgumentError(`expected a folder that is empty or not there yet, found ${place}`);
  checkWritable(join(folder, 'model.py'));
}

/**
 * The samples of a run: those of the data that is named, split as the run has split them, or generated ones. Throws DataError for
 * others than it was trained on.
 */
async function samplesFor(
  path: string,
  named: string | undefined,
  output: Output,
): Promise<Partial<Pick<DatasetPair, 'train' | 'test'>>> {
  const saved = await openCheckpoint(path);
  const data = named ?? (saved.data?.name === 'digits train' ? 'digits' : undefined);
  if (data === undefined) return {};
  const run = addControlOptions(addRunOptions(new Command()));
  recall(run, saved.options, path);
  const flags = { ...run.opts<ControlFlags>(), data };
  const all = await openData(flags, output);
  const { validation, seed } = flags;
  checkData(saved, (validation === undefined ? all : holdOut(all, validation, seed)).train);
  return { train: all.train, test: all.test };
}

/** Throws ArgumentError for a file that nobody said may be replaced, DataError for one that cannot be written. */
function checkFile(place: string, { overwrite }: ExportFlags): void {
  if (checkWritable(place) && !overwrite)
    throw new ArgumentError(`expected a file that does not exist yet, or --overwrite, found ${place}`);
}
