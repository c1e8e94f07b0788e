import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { elementOf } from '../shared/scroll-to-section.ts';

const sections = {
  network: 'Network',
  training: 'Training',
  try: 'Draw',
  microscope: 'Microscope',
  results: 'Test set',
  trust: 'Check',
} as const;

/** The section in the middle of the window. */
const current = signal<string>();
// Read before the address is rewritten to what the page is configured as.
let wanted = location.hash.slice(1);

/** The address holds the configuration, so a link scrolls there and leaves the address alone. */
async function show(id: string, event?: Event): Promise<void> {
  event?.preventDefault();
  const section = await elementOf(id);
  if (!section) return;
  section.scrollIntoView();
  section.tabIndex = -1;
  section.focus({ preventScroll: true });
}

function follow(): () => void {
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (isIntersecting) current.value = target.id;
        else if (current.value === target.id) current.value = undefined;
      }
    },
    { rootMargin: '-30% 0px -69% 0px' },
  );
  const observe = (): void => {
    for (const id of Object.keys(sections)) {
      const section = document.getElementById(id);
      if (section) observer.observe(section);
    }
  };
  observe();
  const arrivals = new MutationObserver(observe); // some sections are loaded later
  arrivals.observe(document.querySelector('.sections')!, { childList: true });
  return () => {
    observer.disconnect();
    arrivals.disconnect();
  };
}

export const Navigation = () => {
  useEffect(() => {
    if (Object.hasOwn(sections, wanted)) show(wanted);
    wanted = '';
    return follow();
  }, []);
  return (
    <nav class="navigation" aria-label="Sections">
      <ul>
        {Object.entries(sections).map(([id, title]) => (
          <li key={id}>
            <a
              href={`#${id}`}
              aria-current={current.value === id ? 'location' : undefined}
              onClick={(event) => show(id, event)}
            >
              {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
};
