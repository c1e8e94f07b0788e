// Runs the modules that are named, one after another in this process, and tells of each over IPC how it ended.
import { mkdirSync } from 'node:fs';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';

const folder = process.cwd();
let rejected;
process.on('unhandledRejection', (error) => {
  rejected ??= error;
});
for (const file of process.argv.slice(2)) {
  const output = [];
  for (const name of ['log', 'error', 'warn', 'table']) console[name] = (...values) => output.push(format(...values));
  const place = `${folder}/${basename(file)}.files`;
  mkdirSync(place, { recursive: true });
  process.chdir(place);
  rejected = undefined;
  const started = performance.now();
  const failure = await import(pathToFileURL(file).href).then(
    () => rejected,
    (error) => error,
  );
  const seconds = (performance.now() - started) / 1000;
  process.send({ file, seconds, output: output.join('\n'), failure: failure && (failure.stack ?? String(failure)) });
}
process.disconnect();
process.exit();
