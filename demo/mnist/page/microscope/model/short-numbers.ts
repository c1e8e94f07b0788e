/** Numbers as text. */

/** Few significant digits and a true minus sign: '−0.02314', '1.2 × 10⁻⁷'. */
export function short(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  const sign = value < 0 ? '−' : '';
  if (magnitude >= 1e-4 && magnitude < 1e6) return sign + trimmed(magnitude.toPrecision(digits));
  const [mantissa, exponent] = magnitude.toExponential(digits - 1).split('e');
  return `${sign}${trimmed(mantissa)} × 10${superscript(Number(exponent))}`;
}

/** As short as fits a small square: '−0.0231', '1e−7'. */
export function tiny(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 0.001 || magnitude === 0 || !Number.isFinite(value)) return short(value, magnitude < 0.01 ? 2 : 3);
  return `${value < 0 ? '−' : ''}${magnitude.toExponential(0).replace('-', '−')}`;
}

/** The fewest digits that give back this 32-bit number. */
export function exact(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return short(value, digits);
  }
  return short(value, 9);
}

// Trailing zeros of whole numbers count: 1200.
const trimmed = (text: string): string =>
  text.includes('e') ? String(Number(text)) : text.includes('.') ? text.replace(/\.?0+$/, '') : text;

const DIGITS: Record<string, string> = { '-': '⁻', '0': '⁰', '1': '¹', '2': '²', '3': '³', '4': '⁴' };
const MORE: Record<string, string> = { '5': '⁵', '6': '⁶', '7': '⁷', '8': '⁸', '9': '⁹' };
const superscript = (n: number): string => [...String(n)].map((c) => DIGITS[c] ?? MORE[c] ?? c).join('');
