/** Pictures of two kinds to learn: a bright bar in noise that stands or lies. */
import { writePng } from './png.ts';

const SIDE = 16;

/** PNG of a bar at so many pixels from the left or the top; each has noise of its own. */
export function barPng(isUpright: boolean, at: number): Promise<Uint8Array<ArrayBuffer>> {
  const samples = Array.from({ length: SIDE * SIDE }, (_, i) => {
    const place = isUpright ? i % SIDE : Math.floor(i / SIDE);
    return (Math.abs(place - at) < 2 ? 200 : 20) + ((i * 37 + Math.round(100 * at) * 11) % 40);
  });
  return writePng({ width: SIDE, height: SIDE, depth: 8, colourType: 0, samples });
}

/** Ten places, three or four close to each other each, so that what is held out is like something to train on. */
export const barPlaces: readonly number[] = Array.from(
  { length: 10 },
  (_, i) => 4 + 3 * (i % 3) + 0.1 * Math.floor(i / 3),
);

export const barFile = async (isUpright: boolean, at: number): Promise<File> =>
  new File([await barPng(isUpright, at)], `${at}.png`);

export const barFiles = (isUpright: boolean): Promise<File[]> =>
  Promise.all(barPlaces.map((at) => barFile(isUpright, at)));
