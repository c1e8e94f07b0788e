import { type Subject, subject } from '../state/index.ts';
import { scrollToSection } from './scroll-to-section.ts';

/** Puts a sample under the microscope and goes there, with the keyboard too. */
export function openInMicroscope(sample: Subject): void {
  subject.value = sample;
  scrollToSection('microscope');
  const heading = document.getElementById('microscope-title');
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}
