/** How deep the colour of each cell is, in percent of the full colour: on the diagonal by the share that is right. */

// Between a tint that is seen and one on which the ink still has its contrast.
const [LEAST, MOST] = [10, 48];

export function heatOf(counts: readonly (readonly number[])[]): string[][] {
  const wrong = counts.flatMap((row, label) => row.filter((_, guess) => guess !== label));
  const worst = Math.max(1, ...wrong);
  return counts.map((row, label) => {
    const all = Math.max(
      1,
      row.reduce((a, b) => a + b, 0),
    );
    return row.map((count, guess) => {
      // The root, so that a single mistake can be told from none beside a cell of hundreds.
      const share = guess === label ? count / all : Math.sqrt(count / worst);
      return count === 0 ? '0%' : `${Math.round(LEAST + (MOST - LEAST) * share)}%`;
    });
  });
}
