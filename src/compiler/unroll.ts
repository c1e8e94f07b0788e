/**
 * Unrolls the marked loops of a WGSL text, because drivers do not do it, and an array stays in registers only if all its
 * indices are literals:
 *   for (var r = 0u; r < ROWS; r++) { // @unroll
 * The bound is a constant or a number such as 4u; the iterations go on the line of the loop, so that all other lines keep
 * their numbers.
 */
import type { Constants } from '../graph/op.ts';

const LOOP = /^ *for \(var (\w+) = 0u; \1 < (\w+); \1\+\+\) \{ \/\/ @unroll$/;

export function unroll(text: string, constants: Constants): string {
  return unrollLines(text.split('\n'), constants).join('\n');
}

function unrollLines(lines: readonly string[], constants: Constants): string[] {
  const out: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    const loop = LOOP.exec(lines[i]);
    if (!loop) {
      out.push(lines[i]);
      continue;
    }
    const [, variable, bound] = loop;
    const end = endOf(lines, i);
    const count = /^\d+u$/.test(bound) ? Number.parseInt(bound, 10) : constants[bound];
    if (typeof count !== 'number') throw new Error(`@unroll: the bound ${bound} is not among the constants`);
    const body = unrollLines(lines.slice(i + 1, end), constants)
      .map(withoutComment)
      .filter(Boolean)
      .join(' ');
    const index = new RegExp(`\\b${variable}\\b`, 'g');
    const iterations = Array.from({ length: count }, (_, n) => `{${body.replace(index, `${n}u`)}}`);
    out.push(iterations.join(' '), ...new Array(end - i).fill(''));
    i = end;
  }
  return out;
}

/** The line that closes the bracket which the line `start` opens. */
function endOf(lines: readonly string[], start: number): number {
  let open = 0;
  return lines.findIndex((line, i) => {
    if (i < start) return false;
    open += line.split('{').length - line.split('}').length;
    return open === 0;
  });
}

const withoutComment = (line: string): string => line.replace(/\/\/.*/, '').trim();
