/** How long the epochs of a fit take, without their validations. */
import { inEpoch, type Span, stepsBefore, turnOf } from './span.ts';

/** Milliseconds that turns take at least: the clock of a page may stand still for so long. */
const TICK = 0.1;

export interface Clock {
  /** From here on time counts: what was before was neither training nor validation. */
  start(turn: number): void;
  /** All turns before this one are done. Those since the last time share what it took. */
  advance(turn: number): void;
  /** Seconds of training of an epoch, counted from 0. */
  secondsOf(epoch: number): number;
}

export function clockOf(span: Span): Clock {
  const seconds = new Map<number, number>();
  let mark = { turn: 0, time: 0 };
  return {
    start(turn) {
      mark = { turn, time: performance.now() };
    },
    advance(turn) {
      const time = Math.max(performance.now(), mark.time + TICK);
      const perTurn = (time - mark.time) / 1000 / (turn - mark.turn);
      const [from, to] = [mark.turn, turn].map((each) => stepsBefore(span, each));
      for (let step = from; step < to; ) {
        const { epoch } = inEpoch(span, turnOf(span, step));
        const end = Math.min((epoch + 1) * span.perEpoch, to);
        seconds.set(epoch, (seconds.get(epoch) ?? 0) + perTurn * (end - step));
        step = end;
      }
      mark = { turn, time };
    },
    secondsOf: (epoch) => seconds.get(epoch) ?? 0,
  };
}
