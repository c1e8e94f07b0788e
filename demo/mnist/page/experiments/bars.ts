/** How long bars on a logarithmic axis are. */

/** Powers of ten that the axis shows at least and at most. */
const DECADES = { least: 2, most: 6 };

export interface Bar {
  readonly value: number;
  /** Of the whole length. */
  readonly share: number;
}

/** One axis for the numbers of all nets, from one power of ten to another; what is smaller has no bar. */
export function barsOf(all: readonly (readonly number[])[]): { bars: Bar[][]; from: number; to: number } {
  const positive = all.flat().filter((value) => value > 0 && Number.isFinite(value));
  const high = Math.ceil(Math.log10(Math.max(...positive, 1e-30)));
  const low = Math.floor(Math.log10(Math.min(...positive, 10 ** high)));
  const decades = Math.min(DECADES.most, Math.max(DECADES.least, high - low));
  const shareOf = (value: number): number =>
    Math.min(1, Math.max(0, (Math.log10(Math.max(value, 1e-300)) - high) / decades + 1));
  const bars = all.map((values) => values.map((value) => ({ value, share: shareOf(value) })));
  return { bars, from: 10 ** (high - decades), to: 10 ** high };
}
