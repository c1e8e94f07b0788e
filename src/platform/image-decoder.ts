/** What turns the file of a picture into pixels: the browser itself, or in Node what image-decoder.node.ts puts here. */

/** A picture in memory. An `ImageData` is one. */
export interface Pixels {
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Red, green, blue and alpha of each pixel, row by row. Colours are not multiplied by alpha. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/**
 * A PNG file that was looked through. `parts` are the file without what pixels do not depend on: colour profiles, gamma, EXIF data,
 * frames of an animation. So all platforms see the same.
 */
export interface PngFile {
  readonly format: 'PNG';
  readonly parts: readonly Uint8Array[];
  readonly width: number;
  readonly height: number;
  /** Bits of a sample. */
  readonly depth: number;
  /** Grey 0, colours 2, palette 3, grey and alpha 4, colours and alpha 6. */
  readonly colourType: number;
  readonly isInterlaced: boolean;
  /** Red, green and blue of each entry. */
  readonly palette?: Uint8Array;
  /** Alpha of the first entries of the palette, or the one colour that is transparent, 16 bits for each sample. */
  readonly transparency?: Uint8Array;
  /** Parts of the compressed pixels. */
  readonly compressed: readonly Uint8Array[];
}

/** A JPEG file that was looked through. `parts` are the file without profiles, EXIF data, thumbnails and comments. */
export interface JpegFile {
  readonly format: 'JPEG';
  readonly parts: readonly Uint8Array[];
  readonly width: number;
  readonly height: number;
  /** Whether its colours are stored as brightness and differences; undefined for a grey picture. */
  readonly isTransformed?: boolean;
}

export type ImageFile = PngFile | JpegFile;

export interface ImageDecoder {
  /** The pixels as they are stored. Throws any error for a file that is damaged. */
  decode(file: ImageFile): Promise<Uint8Array>;
}

export const imageDecoder: ImageDecoder = { decode: decodeInBrowser };

/** Pixels on a side of what is drawn at a time: canvases have limits, beyond which they stay empty without a word. */
const TILE = 2048;

async function decodeInBrowser({ parts, format, width, height }: ImageFile): Promise<Uint8Array> {
  const blob = new Blob(parts as Uint8Array<ArrayBuffer>[], { type: `image/${format.toLowerCase()}` });
  const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none' });
  try {
    if (bitmap.width !== width || bitmap.height !== height) {
      throw new Error(`expected ${width} × ${height} pixels, found ${bitmap.width} × ${bitmap.height}`);
    }
    const data = new Uint8Array(4 * width * height);
    const canvas = new OffscreenCanvas(Math.min(width, TILE), Math.min(height, TILE));
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('no canvas to draw it on');
    context.globalCompositeOperation = 'copy'; // over what the tile before has left
    for (let top = 0; top < height; top += TILE) {
      for (let left = 0; left < width; left += TILE) {
        context.drawImage(bitmap, -left, -top);
        const [columns, rows] = [Math.min(TILE, width - left), Math.min(TILE, height - top)];
        const tile = context.getImageData(0, 0, columns, rows).data;
        for (let row = 0; row < rows; row++) {
          const from = tile.subarray(4 * row * columns, 4 * (row + 1) * columns);
          data.set(from, 4 * ((top + row) * width + left));
        }
      }
    }
    return data;
  } finally {
    bitmap.close();
  }
}
