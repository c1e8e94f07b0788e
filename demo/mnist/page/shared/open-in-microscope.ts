import { type Subject, subject } from '../state/index.ts';
import { elementOf, scrollToSection } from './scroll-to-section.ts';

/** Puts a sample under the microscope and goes there, with the keyboard too. */
export async function openInMicroscope(sample: Subject): Promise<void> {
  subject.value = sample;
  await scrollToSection('microscope');
  const heading = await elementOf('microscope-title');
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}
