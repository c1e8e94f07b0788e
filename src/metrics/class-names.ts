/** What the classes of a data set are called. */
import type { Subject } from './metric.ts';

/** The names of the classes, or of the outputs; their numbers where they have none. */
export const classNames = ({ classNames: names, targets: { size }, choices }: Subject): string[] =>
  Array.from({ length: size / choices }, (_, i) => names?.[i] ?? String(i));
