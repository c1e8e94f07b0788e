/**
 * Where text and events go. With --json, stdout holds only events, one JSON object per line. All output of the command
 * passes through here, and none of it can control the terminal: `printable` puts text from outside on one line, and other
 * unprintable characters are escaped at the end.
 */
import { printable, printableLines } from '../base/show-value.ts';

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
  const write = (stream: NodeJS.WriteStream) => (line: string) => void stream.write(`${printableLines(line)}\n`);
  const [out, err] = [write(process.stdout), write(process.stderr)];
  // Escaped as JSON has it, so that the text is still the same JSON.
  const emit: Output['emit'] = (event) => json && out(printable(JSON.stringify(event)));
  return { json, say: json ? err : out, warn: err, emit };
}

/** '2.4 s', '3 min 05 s' */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  if (hours > 0) return `${hours} h ${two(minutes)} min`;
  return `${minutes} min ${two(whole % 60)} s`;
}
const two = (n: number): string => String(n).padStart(2, '0');

/** 60,000 */
export const integer = (n: number): string => Math.round(n).toLocaleString('en-US');
/** '97.20 %'; 100 is all of them, and not nearly all. */
export function percentage(fraction: number): string {
  const percent = 100 * fraction;
  const text = isLarge(percent) ? power(percent, 4) : percent.toFixed(2);
  return `${text === '100.00' && fraction < 1 ? '99.99' : text} %`;
}
/** '0.0312', '3.1e-7', '8.8e+19': four decimals, or four digits where decimals tell nothing. */
export const decimal = (x: number): string =>
  isLarge(x) || (Math.abs(x) < 1e-3 && x !== 0) ? power(x, 4) : x.toFixed(4);
/** '0.001', '0.333', '8.8e+19': three digits that count. */
export const short = (x: number): string => (isLarge(x) ? power(x, 3) : String(Number(x.toPrecision(3))));
const power = (x: number, digits: number): string => Number(x.toPrecision(digits)).toExponential();
const isLarge = (x: number): boolean => Math.abs(x) >= 1e6;
/** 'epoch  3/50' */
export const epochOf = (epoch: number, epochs: number): string =>
  `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`;
export const plural = (n: number, noun: string): string => `${integer(n)} ${noun}${n === 1 ? '' : 's'}`;
