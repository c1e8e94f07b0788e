/** A number in decimal digits, as bytes. */

const [PLUS, MINUS, POINT, ZERO] = [43, 45, 46, 48];
/** e, and E once this bit is set. */
const [EXPONENT, SMALL] = [101, 32];
/** Powers of ten that are exact. */
const powers = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/**
 * The number that the bytes from `from` to before `to` spell, as `Number` reads it; NaN if they do not spell a decimal number.
 * Up to 15 digits are exact as an integer, which is then rounded once, by an exact power of ten (Clinger 1990).
 */
export function numberIn(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  if (i < to && (bytes[i] === MINUS || bytes[i] === PLUS)) i++;
  let value = 0;
  const first = i;
  for (; i < to && isDigit(bytes[i]); i++) value = value * 10 + (bytes[i] - ZERO);
  let digits = i - first;
  let scale = 0;
  if (i < to && bytes[i] === POINT) {
    const point = i++;
    for (; i < to && isDigit(bytes[i]); i++) value = value * 10 + (bytes[i] - ZERO);
    scale = point + 1 - i;
    digits -= scale;
  }
  if (digits === 0) return Number.NaN;
  if (i < to && (bytes[i] | SMALL) === EXPONENT) {
    const sign = bytes[++i] === MINUS ? -1 : 1;
    if (i < to && (bytes[i] === MINUS || bytes[i] === PLUS)) i++;
    if (i === to) return Number.NaN;
    let exponent = 0;
    for (; i < to && isDigit(bytes[i]); i++) exponent = exponent * 10 + (bytes[i] - ZERO);
    scale += sign * exponent;
  }
  if (i < to) return Number.NaN;
  if (digits > 15 || Math.abs(scale) > 22) return Number(textIn(bytes, from, to));
  const magnitude = scale < 0 ? value / powers[-scale] : value * powers[scale];
  return bytes[from] === MINUS ? -magnitude : magnitude;
}

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;

export const textIn = (bytes: Uint8Array, from: number, to: number): string =>
  new TextDecoder().decode(bytes.subarray(from, to));

/** The same of text. */
export const numberOf = (text: string): number => (/^[\d.+-][\d.eE+-]*$/.test(text) ? Number(text) : Number.NaN);
