interface MeterProps {
  /** From 0 to 1; above it is an error. */
  readonly share: number;
  readonly text: string;
}

/** A share as a bar, with its number. */
export const Meter = ({ share, text }: MeterProps) => (
  <span class={share <= 1 ? 'trust-meter' : 'trust-meter is-over'}>
    <span class="trust-track" aria-hidden="true">
      <span style={{ width: `${100 * Math.max(0, Math.min(1, Number.isNaN(share) ? 1 : share))}%` }} />
    </span>
    <span>{text}</span>
  </span>
);
