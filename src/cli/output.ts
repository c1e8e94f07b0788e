/** Where text and events go. With --json stdout holds events alone, one JSON object per line. */

export interface Output {
  readonly json: boolean;
  /** Text for people: on stdout, with --json on stderr. */
  say(line: string): void;
  /** What people must see even where stdout goes to a file. */
  warn(line: string): void;
  /** For programs; nothing without --json. */
  emit(event: { event: string; [field: string]: unknown }): void;
}

export function outputOf({ json = false }: { json?: boolean }): Output {
  const write = (stream: NodeJS.WriteStream) => (line: string) => void stream.write(`${line}\n`);
  const [out, err] = [write(process.stdout), write(process.stderr)];
  return { json, say: json ? err : out, warn: err, emit: (event) => json && out(JSON.stringify(event)) };
}

/** '2.4 s', '3 min 05 s' */
export function duration(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  if (hours > 0) return `${hours} h ${two(minutes)} min`;
  return `${minutes} min ${two(whole % 60)} s`;
}
const two = (n: number): string => String(n).padStart(2, '0');

/** 60,000 */
export const integer = (n: number): string => Math.round(n).toLocaleString('en-US');
export const percentage = (fraction: number): string => `${(100 * fraction).toFixed(2)} %`;
/** 'epoch  3/50' */
export const epochOf = (epoch: number, epochs: number): string =>
  `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`;
export const plural = (n: number, noun: string): string => `${integer(n)} ${noun}${n === 1 ? '' : 's'}`;

/** Columns padded to their widest cell; those named in `right` to the right. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const cell = (found: string, column: number) =>
    right.includes(column) ? found.padStart(widths[column]) : found.padEnd(widths[column]);
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n');
}
