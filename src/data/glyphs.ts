/**
 * The pen strokes of each digit, several shapes where hands differ. A point is 'x,y' in percent of the digit's box,
 * y downwards; strokes are separated by '|'; the pen runs smoothly through its points but turns sharply at one marked '!'.
 */
const shapes: readonly (readonly string[])[] = [
  [
    '52,0 20,16 8,52 24,90 52,100 82,84 92,46 78,12 52,0',
    '62,4 30,8 10,44 16,84 46,100 80,82 90,42 72,8 44,6',
    '46,0 16,30 14,74 48,100 84,72 86,30 56,2 34,10',
  ],
  ['50,0 50,50 50,100', '22,24 54,0! 54,50 54,100', '26,26 54,0! 54,50 54,100! | 24,100 84,100', '58,0 48,50 44,100'],
  [
    '12,22 36,2 74,6 82,32 54,66 12,98! 50,96 92,98',
    '14,26 40,0 78,12 76,42 46,76 20,92 10,82 28,74 58,92 92,94',
    '16,12 52,0 84,20 68,52 14,100! 90,100',
  ],
  [
    '14,10 50,0 82,16 70,40 38,48! 76,56 88,78 56,100 12,90',
    '14,4 52,2 84,2! 42,40! 78,48 90,74 58,100 12,90',
    '18,14 54,0 80,22 52,46 40,48 66,50 84,74 52,100 16,86',
  ],
  [
    '64,0 36,36 8,68! 50,68 94,66 | 70,32 68,66 66,100',
    '18,0 14,30 20,52! 50,54 82,48 | 84,0 78,50 74,100',
    '72,100 72,50 72,0! 40,36 6,70! 50,70 96,70',
    '22,4 10,44 44,56 82,38 | 86,4 80,50 60,100',
  ],
  [
    '84,2 52,2 22,4! 18,24 16,44! 50,36 86,58 74,90 42,100 10,88',
    '24,2 20,24 16,46! 54,38 86,62 70,94 38,100 10,88 | 24,2 56,4 90,0',
    '88,4 54,0 26,14 28,42 62,52 84,74 56,100 12,92',
  ],
  [
    '72,0 34,24 12,64 30,96 64,98 82,74 62,52 28,58 14,78',
    '58,0 24,34 12,72 40,100 80,84 76,56 44,50 16,72',
    '84,10 56,0 22,34 14,74 46,100 82,78 60,50 20,66',
  ],
  [
    '10,4 50,4 88,2! 62,44 44,100',
    '10,4 48,2 88,4! 60,50 38,100 | 32,52 58,50 82,48',
    '14,22 14,2! 50,4 90,2! 60,40 50,100',
    '8,14 32,4 60,14 88,4! 66,46 54,100',
  ],
  [
    '78,14 48,0 20,18 40,42 72,58 78,86 46,100 18,82 34,56 68,38 80,14',
    '50,46 22,28 34,4 66,2 78,26 50,46 20,68 26,96 68,98 82,72 50,46',
    '76,10 40,2 26,26 60,48 80,76 50,100 22,80 44,50 74,28 70,6',
  ],
  [
    '82,22 56,0 20,14 18,42 48,52 80,30 84,8! 80,50 72,100',
    '80,16 48,0 16,24 34,50 68,42 82,16! 84,60 58,98 20,92',
    '78,26 66,2 30,4 16,32 40,50 72,36 82,10 74,56 48,100',
  ],
];

/** Control points [n][2] and, for each smooth run of the pen, the points it passes. */
export interface Glyph {
  readonly points: readonly (readonly [number, number])[];
  readonly runs: readonly (readonly number[])[];
}

function parse(shape: string): Glyph {
  const points: [number, number][] = [];
  const runs: number[][] = [];
  for (const stroke of shape.split('|')) {
    let run: number[] = [];
    for (const word of stroke.trim().split(' ')) {
      run.push(points.length);
      if (word.endsWith('!')) {
        runs.push(run);
        run = [points.length];
      }
      const [x, y] = word.split(',').map(Number.parseFloat);
      points.push([x! / 100 - 0.5, y! / 100 - 0.5]);
    }
    if (run.length > 1) runs.push(run);
  }
  return { points, runs };
}

/** Shapes of each digit, in a box from -0.5 to 0.5. */
export const glyphs: readonly (readonly Glyph[])[] = shapes.map((variants) => variants.map(parse));
