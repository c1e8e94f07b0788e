import { useEffect, useRef } from 'preact/hooks';
import { imageOfDigit, paint } from './colours.ts';

interface DigitPictureProps {
  /** 784 numbers from 0 to 1. */
  readonly pixels: Float32Array;
  /** For those who do not see it; none where the words beside it say it all. */
  readonly label?: string;
}

/** A digit, white on black, sized in CSS. */
export const DigitPicture = ({ pixels, label }: DigitPictureProps) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => paint(canvas.current!, imageOfDigit(pixels)), [pixels]);
  return <canvas ref={canvas} {...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true })} />;
};
