/** Numbers as text of a steady width, so that nothing shifts while they change. */
import { DASH, percent } from '../shared/numbers.ts';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const rounded = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

/** '12,345' */
export const formatCount = (count: number): string => (Number.isFinite(count) ? whole.format(count) : DASH);

/** As wide as the count is in the end, with spaces of the width of a digit. */
export const formatPart = (count: number, of: number): string =>
  formatCount(count).padStart(formatCount(of).length, '\u2007');

/** To three digits, which is more than holds still: '45,200'. */
export const formatRate = (perSecond: number): string =>
  Number.isFinite(perSecond) ? rounded.format(perSecond) : DASH;

/** Five digits where they fit: '0.1234', '12.345', '1234.5', '1.23e+5'. A net that diverged has NaN. */
export function formatLoss(loss: number): string {
  if (!Number.isFinite(loss)) return Number.isNaN(loss) ? 'NaN' : '∞';
  if (loss >= 10_000) return loss.toExponential(2);
  const before = Math.max(1, Math.floor(Math.log10(Math.max(loss, 1))) + 1);
  return loss.toFixed(5 - before);
}

/** A share from 0 to 1: '97.12 %'. */
export const formatShare = (share: number): string => percent(share, 2);

/** '4.2 s', '2 min 03 s', '1 h 02 min' */
export function formatSeconds(seconds: number): string {
  if (!Number.isFinite(seconds)) return DASH;
  if (seconds < 59.95) return `${seconds.toFixed(1)}\u00a0s`;
  const total = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(total / 3600), Math.floor(total / 60) % 60];
  return hours > 0 ? `${hours}\u00a0h ${two(minutes)}\u00a0min` : `${minutes}\u00a0min ${two(total % 60)}\u00a0s`;
}
