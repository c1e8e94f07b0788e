import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { hasActed } from './first-act.ts';
import { type Load, Loaded } from './loaded.tsx';

interface LaterProps {
  readonly load: Load;
  /** Pixels that it takes, about, so that little moves when it comes. */
  readonly height: number;
}

/** A part of the page that is loaded when it comes into sight, or when the visitor first does anything. */
export const Later = ({ load, height }: LaterProps) => {
  const place = useRef<HTMLDivElement>(null);
  const isSeen = useSignal(false);
  useLayoutEffect(() => {
    if (!place.current) return; // the part is there already
    const observer = new IntersectionObserver(([{ isIntersecting }]) => {
      isSeen.value ||= isIntersecting;
    });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  const space = <div ref={place} class="later" style={{ height: `${height}px` }} />;
  return hasActed.value || isSeen.value ? <Loaded load={load}>{space}</Loaded> : space;
};
