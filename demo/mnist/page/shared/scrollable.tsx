import type { ComponentChildren } from 'preact';

interface ScrollableProps {
  /** What is in there. */
  readonly label: string;
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** What may be larger than its place; the keyboard can reach it, and then scroll it. */
export const Scrollable = ({ label, class: name = '', children }: ScrollableProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: else there is no way to scroll it from the keyboard
  <section class={`scroll ${name}`} tabIndex={0} aria-label={label}>
    {children}
  </section>
);
