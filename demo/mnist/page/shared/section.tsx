import type { ComponentChildren } from 'preact';

interface SectionProps {
  /** Of the heading, and where links go: 'microscope'. */
  readonly id: string;
  readonly title: string;
  /** One or two sentences on what is to be seen here. */
  readonly lead: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A part of the page with its heading. */
export const Section = ({ id, title, lead, children }: SectionProps) => (
  <section class="card" id={id} aria-labelledby={`${id}-title`}>
    <div>
      <h2 id={`${id}-title`}>{title}</h2>
      <p class="soft small">{lead}</p>
    </div>
    {children}
  </section>
);
