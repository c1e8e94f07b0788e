/** What the lab tells the page, put into signals. */
import { bounds } from '../../lab/kept.ts';
import type { LabEvent } from '../../lab/protocol.ts';
import { keepSoon } from './keep.ts';
import {
  activity,
  download,
  evaluations,
  firstLayer,
  forget,
  goBackTo,
  isReady,
  loss,
  losses,
  machine,
  preparing,
  problem,
  progress,
  recoveries,
  status,
  takeBack,
} from './signals.ts';

export function hear(event: LabEvent): void {
  switch (event.kind) {
    case 'status':
      status.value = event.status;
      preparing.value = undefined;
      if (event.status === 'paused') keepSoon();
      // What the net before told last may have come after it was forgotten.
      if (event.status === 'preparing' && !goesOn) forget();
      break;
    case 'preparing':
      preparing.value = event.preparing;
      break;
    case 'restored':
      takeBack(event.curves);
      break;
    case 'progress':
      progress.value = event.progress;
      losses.value = withPoint(losses.value, event.progress, bounds.losses);
      break;
    case 'evaluated':
      evaluations.value = withPoint(evaluations.value, event.evaluated, bounds.evaluations);
      if (isReady.value) keepSoon(); // single steps too, which change no status
      break;
    case 'weights':
      firstLayer.value = event.weights;
      break;
    case 'activity':
      activity.value = event.tensors;
      break;
    case 'download':
      download.value = event;
      break;
    case 'problem':
      problem.value = event;
      break;
    case 'recovered':
      goBackTo(event.step);
      machine.value = event.machine;
      recoveries.value = { count: (recoveries.value?.count ?? 0) + 1, step: event.step };
      break;
    case 'lost':
      loss.value = event;
      break;
  }
}

/** With one more point; where there are as many as are kept, every other one goes. */
const withPoint = <T>(points: readonly T[], point: T, most: number): readonly T[] => [
  ...(points.length >= most ? points.filter((_, i) => i % 2 === 0) : points),
  point,
];

/** Whether the next net goes on where the one before stopped, and so with its charts. */
let goesOn = false;

/** Work that prepares a net, which goes on with the charts of the one before if `really`. */
export async function goingOn<T>(really: boolean, work: () => Promise<T>): Promise<T> {
  goesOn = really;
  try {
    return await work();
  } finally {
    goesOn = false;
  }
}
