/** Ten outputs in words. */

/** Above these it is put as a fact, or as likely; from the last on a digit is named at all. */
const [CERTAIN, LIKELY, CONCEIVABLE] = [0.9, 0.6, 0.1];

/** 'a 7', 'an 8' */
export const named = (digit: number): string => (digit === 8 ? 'an 8' : `a ${digit}`);

/** The digits from the most to the least likely. */
export const ranked = (outputs: ArrayLike<number>): number[] =>
  Array.from(outputs, (_, digit) => digit).sort((a, b) => outputs[b] - outputs[a]);

export function guess(outputs: ArrayLike<number>): string {
  const [first, second, third] = ranked(outputs);
  if (outputs[first] >= CERTAIN) return `This is ${named(first)}.`;
  if (outputs[first] >= LIKELY) return `Probably ${named(first)}, perhaps ${named(second)}.`;
  if (!(outputs[first] >= CONCEIVABLE)) return 'It does not recognise this as a digit.';
  const others = [second, third].filter((digit) => outputs[digit] >= CONCEIVABLE).map(named);
  const last = others.pop();
  return `Unsure: ${[named(first), ...others].join(', ')}${last ? ` or ${last}` : ''}.`;
}
