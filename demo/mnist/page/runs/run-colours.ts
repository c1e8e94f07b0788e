/** A colour and a dash for each of more runs than are kept. All stand out from the paper, in light and in dark. */

const colours = [
  ['#0b57b0', '#7db4ff'],
  ['#b04c00', '#f39a4d'],
  ['#1a7237', '#62cf86'],
  ['#7b2fbe', '#c9a0ff'],
  ['#b3261e', '#ff8f86'],
  ['#00656d', '#4fd0d8'],
] as const;

/** In pixels; none for a whole line. */
const dashes = [[], [8, 4], [2, 3]] as const;

/** For CSS. */
export const colourOf = (i: number): string => `light-dark(${colours[i % colours.length].join(', ')})`;

export const dashOf = (i: number): readonly number[] => dashes[Math.floor(i / colours.length) % dashes.length];

/** As it is now, for a canvas, which does not know `light-dark`. */
export function strokeOf(i: number): string {
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  const isDark = scheme === 'dark' || (scheme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  return colours[i % colours.length][Number(isDark)];
}
