import { type Subject, subject } from '../state/index.ts';

/** Puts a sample under the microscope and goes there, with the keyboard too. */
export function openInMicroscope(sample: Subject): void {
  subject.value = sample;
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  document.getElementById('microscope')?.scrollIntoView({ behavior: still ? 'auto' : 'smooth' });
  const heading = document.getElementById('microscope-title');
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}
