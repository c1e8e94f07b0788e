import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { paint } from '../../shared/colours.ts';
import { type Arrangement, move } from '../layout/arrangement.ts';
import { imageOf, type Scale } from '../layout/scales.ts';
import type { Region } from '../model/breakdown.ts';

interface CanvasProps {
  readonly data: Float32Array;
  readonly arrangement: Arrangement;
  readonly scale: Scale;
}

/** The numbers as squares of colour, each a pixel of the canvas. */
export const Canvas = ({ data, arrangement, scale }: CanvasProps) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height, at } = arrangement;
  useLayoutEffect(
    () => paint(canvas.current!, imageOf(data, arrangement, scale)),
    // What an arrangement is known by: it is made anew each time.
    [data, width, height, at(0, 0), scale.low, scale.high],
  );
  return <canvas ref={canvas} />;
};

interface TensorPictureProps {
  /** What it shows, for those who cannot see it. */
  readonly label: string;
  readonly arrangement: Arrangement;
  /** On the screen, in CSS pixels. */
  readonly size: { readonly width: number; readonly height: number };
  readonly count: number;
  readonly selected: number;
  /** '[5] = 0.713' */
  readonly describe: (index: number) => string;
  readonly onPoint: (index: number | undefined) => void;
  readonly onSelect: (index: number) => void;
  /** Rectangles that are outlined. */
  readonly regions?: readonly Region[];
  readonly children: ComponentChildren;
}

/** A picture in which one element is selected: by the pointer, or by arrow keys as on a slider. */
export const TensorPicture = (props: TensorPictureProps) => {
  const { label, arrangement, size, count, selected, describe, onPoint, onSelect, regions = [], children } = props;
  const elementAt = ({ clientX, clientY, currentTarget }: MouseEvent): number | undefined => {
    const { left, top, width, height } = (currentTarget as Element).getBoundingClientRect();
    const x = Math.floor(((clientX - left) / width) * arrangement.width);
    const y = Math.floor(((clientY - top) / height) * arrangement.height);
    const inside = x >= 0 && y >= 0 && x < arrangement.width && y < arrangement.height;
    const index = inside ? arrangement.at(x, y) : -1;
    return index < 0 ? undefined : index;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!event.key.startsWith('Arrow')) return;
    event.preventDefault();
    event.stopPropagation(); // outside, arrows turn the pages
    const next = move(arrangement, selected, event.key);
    if (next >= 0) onSelect(next);
  };
  const share = (part: number, whole: number) => `${(100 * part) / whole}%`;
  const placed = (first: number, last: number) => {
    const [from, to] = [arrangement.boxOf(first), arrangement.boxOf(last)];
    return {
      left: share(from.left, arrangement.width),
      top: share(from.top, arrangement.height),
      width: share(to.left + to.width - from.left, arrangement.width),
      height: share(to.top + to.height - from.top, arrangement.height),
    };
  };
  return (
    <div
      class="microscope-picture"
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={count - 1}
      aria-valuenow={selected}
      aria-valuetext={describe(selected)}
      style={{ '--width': size.width, aspectRatio: `${size.width} / ${size.height}` }}
      onPointerMove={(event) => onPoint(elementAt(event))}
      onPointerLeave={() => onPoint(undefined)}
      onClick={(event) => {
        const index = elementAt(event);
        if (index !== undefined) onSelect(index);
      }}
      onKeyDown={onKeyDown}
    >
      {children}
      {regions.map(({ first, last, isWinner }) => (
        <div
          key={`${first} ${last}`}
          class={isWinner ? 'microscope-region microscope-winner' : 'microscope-region'}
          style={placed(first, last)}
        />
      ))}
      {count > 1 && <div class="microscope-mark" style={placed(selected, selected)} />}
    </div>
  );
};
