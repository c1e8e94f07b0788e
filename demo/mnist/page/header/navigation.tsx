import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

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
function show(id: string, event?: Event): void {
  const section = document.getElementById(id);
  if (!section) return;
  event?.preventDefault();
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
  for (const id of Object.keys(sections)) {
    const section = document.getElementById(id);
    if (section) observer.observe(section);
  }
  return () => observer.disconnect();
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
