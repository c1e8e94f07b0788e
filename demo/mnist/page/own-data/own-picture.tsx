import { useEffect, useRef } from 'preact/hooks';
import { paint } from '../shared/colours.ts';

interface OwnPictureProps {
  /** Bytes [channels, height, width]. */
  readonly pixels: Uint8Array;
  /** [channels, height, width]: one of grey, or three. */
  readonly shape: readonly number[];
  /** For those who do not see it. */
  readonly label: string;
}

/** A picture as the net sees it, sized in CSS. */
export const OwnPicture = ({ pixels, shape, label }: OwnPictureProps) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => paint(canvas.current!, imageOf(pixels, shape)), [pixels, shape]);
  return <canvas ref={canvas} role="img" aria-label={label} class="own-picture" />;
};

function imageOf(pixels: Uint8Array, [channels, height, width]: readonly number[]): ImageData {
  const image = new ImageData(width, height);
  const plane = width * height;
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = pixels[(c % channels) * plane + i];
    image.data[4 * i + 3] = 255;
  }
  return image;
}
