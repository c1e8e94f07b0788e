/** What a net makes of the test samples, one by one. */
import type { Trainer } from 'retrograd';
import { batch, type Dataset } from 'retrograd/data';
import { indexOfMax } from '../index-of-max.ts';
import { CLASSES, type Mistake, type TestResult } from './protocol.ts';

/** Samples predicted at a time: a few megabytes as floats. */
const PART = 1000;
/** Mistakes that are shown. */
const SHOWN = 48;

interface Guess {
  readonly index: number;
  readonly label: number;
  readonly guess: number;
  readonly probabilities: Float32Array;
}

export async function testOn(net: Trainer, dataset: Dataset): Promise<Omit<TestResult, 'step'>> {
  const guesses: Guess[] = [];
  for (let first = 0; first < dataset.count; first += PART) {
    const indices = Array.from({ length: Math.min(PART, dataset.count - first) }, (_, i) => first + i);
    const predicted = await net.predict(batch(dataset, indices).x);
    for (const [i, index] of indices.entries()) {
      const probabilities = predicted.slice(i * CLASSES, (i + 1) * CLASSES);
      guesses.push({ index, label: dataset.targets.data[index], guess: indexOfMax(probabilities), probabilities });
    }
  }
  const confusion = Array.from({ length: CLASSES }, () => new Array<number>(CLASSES).fill(0));
  for (const { label, guess } of guesses) confusion[label][guess]++;
  const wrong = guesses.filter(({ label, guess }) => label !== guess);
  return {
    count: dataset.count,
    accuracy: 1 - wrong.length / dataset.count,
    confusion,
    mistakes: wrong
      .map((guess) => mistakeOf(dataset, guess))
      .sort((a, b) => b.guessProbability - a.guessProbability)
      .slice(0, SHOWN),
  };
}

const mistakeOf = (dataset: Dataset, { index, label, guess, probabilities }: Guess): Mistake => ({
  index,
  label,
  guess,
  guessProbability: probabilities[guess],
  labelProbability: probabilities[label],
  pixels: batch(dataset, [index]).x,
});
