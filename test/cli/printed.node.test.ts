/** What is printed: nothing from outside commands the terminal or makes a line of its own, and numbers stay short. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { printable, printableLines, showValue } from '../../src/base/show-value.ts';
import { decimal, duration, outputOf, percentage, short } from '../../src/cli/output.ts';
import {
  ArgumentError,
  CheckError,
  compile,
  DataError,
  dense,
  formatSafetensors,
  parseSafetensors,
  quadratic,
  RetrogradError,
  sequential,
  sgd,
} from '../../src/index.node.ts';
import { runtimeOf } from '../../src/platform/platform.node.ts';

/** Controls of ASCII and of ISO 6429, marks that turn text round or cannot be seen, and separators of lines. */
const unprintable = (text: string): string[] =>
  [...text].filter((character) => {
    const code = character.codePointAt(0)!;
    const isControl = code < 0x20 || (code >= 0x7f && code <= 0x9f);
    const turns = [0x061c, 0x200e, 0x200f, 0x2028, 0x2029].includes(code) || (code >= 0x202a && code <= 0x202e);
    const isIsolate = code >= 0x2066 && code <= 0x2069;
    const isUnseen =
      [0xad, 0x200b, 0x200c, 0x200d, 0x2060, 0xfeff].includes(code) ||
      code === 0xe0001 ||
      (code >= 0xe0020 && code <= 0xe007f);
    return isControl || turns || isIsolate || isUnseen;
  });
const all = Array.from({ length: 0xe100 }, (_, i) => i)
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code))
  .concat(Array.from({ length: 0x100 }, (_, i) => String.fromCodePoint(0xe0000 + i)))
  .join('');
/** Sets the title, clears the screen, goes to the beginning of the line, turns round, and begins a line. */
const evil = '\u001b]0;title\u0007\u009b2J\rerror: \u202egnorw\u2028\n2 of 2 right\u007f';

afterEach(() => void vi.restoreAllMocks());

describe('a text from outside', () => {
  test('is one line in which everything prints, and letters stay as they are', () => {
    expect(unprintable(printable(all))).toEqual([]);
    expect(printable('naïve Größe 数 😀 é a b\\')).toBe('naïve Größe 数 😀 é a b\\');
    expect(printable('\u001b[2J\r\n\t\u009b\u{e0041}')).toBe('\\u001b[2J\\r\\n\\t\\u009b\\udb40\\udc41');
    expect(unprintable(showValue(evil))).toEqual([]);
    expect(unprintable(showValue({ [evil]: [evil] }))).toEqual([]);
  });

  test('is the same JSON before and after', () => {
    const event = { [evil]: [all] };
    expect(JSON.parse(printable(JSON.stringify(event)))).toEqual(event);
  });

  test('is a line of the message of an error; lines of the library are handed over as such', () => {
    for (const make of [RetrogradError, ArgumentError, DataError]) {
      expect(unprintable(new make(`file: ${evil}`).message)).toEqual([]);
    }
    expect(new DataError(['first:', `  ${evil}`]).message.split('\n')).toHaveLength(2);
    expect(new CheckError(['a', 'b'], { ok: false, share: 2, tensors: [] }).message).toBe('a\nb');
  });

  test('in a safetensors file never gets into a message as it is', () => {
    const header = (text: string) => {
      const bytes = new TextEncoder().encode(text);
      return new Uint8Array([bytes.length & 255, bytes.length >> 8, 0, 0, 0, 0, 0, 0, ...bytes]);
    };
    const name = JSON.stringify(evil);
    const wrong = [
      evil,
      `{${name}: 1}`,
      `{${name}: {"dtype": ${name}, "shape": [], "data_offsets": [0, 0]}}`,
      `{${name}: {"dtype": "F32", "shape": [${name}], "data_offsets": [0, 0]}}`,
      `{${name}: {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}`,
      `{"__metadata__": {${name}: 1}}`,
      `{${name}: 1, ${name}: 1}`,
    ];
    for (const text of wrong) {
      let message = '';
      try {
        parseSafetensors(header(text), evil);
      } catch (error) {
        expect(error).toBeInstanceOf(DataError);
        message = (error as Error).message;
      }
      expect(message, text).not.toBe('');
      expect(unprintable(message), text).toEqual([]);
    }
  });

  test('in a checkpoint makes no line of its own among those that differ', async () => {
    const device = 'cpu' as const;
    const options = { device, batch: 1, loss: quadratic(), optimizer: sgd({ learningRate: 1 }) };
    const net = await compile(sequential([1], [dense(1)]), options);
    const value = { shape: [1], data: Float32Array.of(1) };
    const record = JSON.stringify({ version: 1, net: { [evil]: evil }, position: { [evil]: evil }, [evil]: 1 });
    for (const metadata of [{}, { retrograd: record }] as Record<string, string>[]) {
      const error = await net.load(formatSafetensors({ [evil]: value }, metadata)).catch((error) => error);
      expect(error).toBeInstanceOf(DataError);
      const lines = error.message.split('\n');
      expect(lines.flatMap(unprintable)).toEqual([]);
      expect(lines.slice(1).every((line: string) => /^ {2}\S/.test(line))).toBe(true);
      expect(error.message).not.toMatch(/^2 of 2 right/m);
    }
    net.destroy();
  });
});

describe('the output of the command', () => {
  /** What is written to a stream while `work` runs. */
  function written(name: 'stdout' | 'stderr', work: () => void): string {
    const write = vi.spyOn(process[name], 'write').mockReturnValue(true);
    work();
    const text = write.mock.calls.map(([chunk]) => String(chunk)).join('');
    write.mockRestore();
    return text;
  }

  test('holds no control character but the ends of its lines', () => {
    const [plain, json] = [outputOf({}), outputOf({ json: true })];
    const event = { event: 'x', name: evil };
    for (const text of [
      written('stdout', () => plain.say(evil)),
      written('stderr', () => plain.warn(evil)),
      written('stderr', () => json.say(evil)),
      written('stdout', () => json.emit(event)),
    ]) {
      expect(text).toMatch(/\n$/);
      expect(unprintable(text.replaceAll('\n', ''))).toEqual([]);
    }
    const line = written('stdout', () => json.emit(event));
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(JSON.parse(line)).toEqual(event);
    expect(printableLines('a\nb\r')).toBe('a\nb\\r');
  });
});

describe('numbers', () => {
  test.each([
    [0, '0.0000'],
    [2.345678, '2.3457'],
    [-0.25, '-0.2500'],
    [123456.789, '123456.7890'],
    [8.8e19, '8.8e+19'],
    [-8.81234e19, '-8.812e+19'],
    [3.14159e-7, '3.142e-7'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
  ])('a loss of %d is %s', (loss, text) => void expect(decimal(loss)).toBe(text));

  test.each([
    [0.001, '0.001'],
    [0.001 / 3, '0.000333'],
    [3, '3'],
    [1e-9, '1e-9'],
    [1e20, '1e+20'],
  ])('a rate of %d is %s', (rate, text) => void expect(short(rate)).toBe(text));

  test.each([
    [0.5, '50.00 %'],
    [1, '100.00 %'],
    [0.99999, '99.99 %'],
    [1e20, '1e+22 %'],
  ])('a share of %d is %s', (share, text) => void expect(percentage(share)).toBe(text));

  test('a time that nobody knows is a question', () => {
    expect(duration(Number.POSITIVE_INFINITY)).toBe('?');
    expect(duration(Number.NaN)).toBe('?');
    expect(duration(2.41)).toBe('2.4 s');
  });
});

test('Deno and Bun are called by their names, though both tell a version of Node', () => {
  expect(runtimeOf({ node: '20.11.1', deno: '2.1.4', v8: '13' })).toEqual({ name: 'Deno', version: '2.1.4' });
  expect(runtimeOf({ node: '22.6.0', bun: '1.1.42' })).toEqual({ name: 'Bun', version: '1.1.42' });
  expect(runtimeOf({ node: '20.19.0' })).toEqual({ name: 'Node', version: '20.19.0' });
});
