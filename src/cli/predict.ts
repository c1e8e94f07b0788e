/** `retrograd predict` */
import { resolve } from 'node:path';
import { Command } from 'commander';
import { csvText } from '../base/csv-text.ts';
import { argmax } from '../base/numbers.ts';
import { printable } from '../base/show-value.ts';
import { ArgumentError } from '../index.node.ts';
import { outputs } from '../nn/model.ts';
import { local, writeFile } from '../platform/write-file.node.ts';
import { openModel } from '../predict.node.ts';
import { insteadOfClasses } from '../saved/choice.ts';
import { readModel } from '../saved/read-model.ts';
import { addOptions } from './add-options.ts';
import { openCheckpoint, warnOfRounded } from './checkpoint.ts';
import { delimiter, isTable } from './data-options.ts';
import { checkWritable } from './files.ts';
import { checkHeeded } from './heeded.ts';
import { addDeviceOption, addOutputOptions, type DeviceName, type OutputFlags } from './options.ts';
import { outputOf, plural } from './output.ts';
import { text } from './parse.ts';
import { recall } from './remembered-options.ts';
import { chooseDevice } from './run.ts';
import { samplesIn } from './samples.ts';

interface PredictFlags extends OutputFlags {
  input: string;
  output?: string;
  overwrite?: boolean;
  device: DeviceName;
  delimiter?: string;
}

export function predictCommand(): Command {
  const command = new Command('predict').description(
    'Predicts for the samples of a file, with a network from its file.',
  );
  command.argument('<file>', 'a safetensors file, as train --save writes it');
  addOptions(command, 'Data:', [
    ['--input <path>', 'a CSV file, a picture, a folder of pictures, or an IDX or .npy file of images', text],
    ['--delimiter <character>', 'what separates the columns of --input, or tab (default: as in training)', delimiter],
    ['--output <file>', 'CSV file to write, with a line per sample (default: stdout)', text],
    ['--overwrite', 'let --output replace an existing file'],
  ]);
  return addOutputOptions(addDeviceOption(command)).addHelpText('after', help).action(predict);
}

const help = `
Examples:
  retrograd predict iris.safetensors --input new.csv --output predicted.csv
  retrograd predict pets.safetensors --input pictures/

Samples are given as they were for training: a table has the same columns, with or without the target, and pictures are resized. The
output has a column for each output of the network and, for classes, one with the name of the most probable.
With --json there is one event, "predictions" or "error". Without --output it has the rows.`;

async function predict(file: string, flags: PredictFlags, command: Command): Promise<void> {
  const { input, output: to, overwrite } = flags;
  checkHeeded(command, [
    ['--overwrite', to !== undefined, 'with --output', 'without'],
    ['--delimiter', isTable(input), 'with a CSV file as --input', `--input ${input}`],
  ]);
  if (input === undefined) throw new ArgumentError('--input: expected a file or folder to predict for, found none');
  if (to !== undefined && checkWritable(to) && !overwrite)
    throw new ArgumentError(`--output: expected a file that does not exist yet, or --overwrite, found ${to}`);
  const output = outputOf(flags);
  const checkpoint = await openCheckpoint(file);
  const { file: source, path, model: said, options } = checkpoint;
  warnOfRounded(checkpoint, output);
  recall(command, options, path);
  const saved = await readModel(said, path);
  const device = await chooseDevice(flags.device, output);
  try {
    // It checks the weights, so that a model is not taken for as large as its file says.
    const predictor = await openModel(source, { device });
    const { samples, nameOf } = await samplesIn(input, path, saved, command.opts<PredictFlags>().delimiter);
    const found = await predictor.predict(samples);
    const units = outputs(predictor.model);
    const names = predictor.classNames ?? Array.from({ length: units }, (_, i) => `output ${i}`);
    const choosesClass = !insteadOfClasses(saved);
    const header = ['sample', ...(choosesClass ? ['class'] : []), ...names];
    const rows = Array.from({ length: found.length / units }, (_, i) => {
      const values = found.subarray(i * units, (i + 1) * units);
      const best = names[argmax(values)];
      return [nameOf(i), ...(choosesClass ? [best] : []), ...Array.from(values, String)];
    });
    predictor.destroy();
    const table = [header, ...rows];
    if (to !== undefined) await writeFile(resolve(local(to)), new TextEncoder().encode(csvText(table)));
    output.emit({
      event: 'predictions',
      file: path,
      input,
      samples: rows.length,
      output: to ?? null,
      ...(to === undefined && { header, rows }),
    });
    if (to !== undefined) output.say(`${plural(rows.length, 'prediction')} written to ${printable(to)}`);
    else if (!output.json) process.stdout.write(csvText(table.map((cells) => cells.map(printable))));
  } finally {
    if (device !== 'cpu') device.destroy();
  }
}
