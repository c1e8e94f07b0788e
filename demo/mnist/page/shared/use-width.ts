import { useLayoutEffect, useState } from 'preact/hooks';

/** How wide an element is, in CSS pixels; `first` before it is measured. */
export function useWidth(of: { readonly current: HTMLElement | null }, first: number): number {
  const [width, setWidth] = useState(first);
  useLayoutEffect(() => {
    const measure = () => setWidth(of.current!.clientWidth);
    const observer = new ResizeObserver(measure);
    measure();
    observer.observe(of.current!);
    return () => observer.disconnect();
  }, [of]);
  return width;
}
