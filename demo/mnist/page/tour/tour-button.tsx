import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { askCurrent } from '../state/index.ts';

/** The tour while it is open; its code is loaded when it first is. */
const tour = signal<ComponentType<{ readonly onEnd: () => void }>>();

const start = () =>
  askCurrent(async () => {
    tour.value = (await import('./tour.tsx')).Tour;
  });

export const TourButton = () => {
  const Tour = tour.value;
  return (
    <>
      <button type="button" onClick={start}>
        Take the tour
      </button>
      {Tour && (
        <Tour
          onEnd={() => {
            tour.value = undefined;
          }}
        />
      )}
    </>
  );
};
