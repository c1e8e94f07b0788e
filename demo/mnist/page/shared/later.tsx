import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { hasActed } from './first-act.ts';
import { type Load, Loaded } from './loaded.tsx';

/** A part of the page that is loaded when it comes into sight, or when the visitor first does anything. */
export const Later = ({ load }: { readonly load: Load }) => {
  const place = useRef<HTMLDivElement>(null);
  const isSeen = useSignal(false);
  useEffect(() => {
    const observer = new IntersectionObserver(([{ isIntersecting }]) => {
      isSeen.value ||= isIntersecting;
    });
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, []);
  const space = <div ref={place} class="later" />;
  return hasActed.value || isSeen.value ? <Loaded load={load}>{space}</Loaded> : space;
};
