/** What a net makes of the test samples, one by one. */
import type { Trainer } from 'retrograd';
import { batch, type Dataset } from 'retrograd/data';
import { indexOfMax } from '../index-of-max.ts';
import { CLASSES, type Mistake, type TestResult } from './protocol.ts';

/** Samples predicted at a time: a few megabytes as floats. */
const PART = 1000;
/** Mistakes that are shown, and examples of a cell. */
const SHOWN = 48;
const EXAMPLES = 12;

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
  const convinced = guesses.toSorted((a, b) => b.probabilities[b.guess] - a.probabilities[a.guess]);
  const examplesOf = (row: number, column: number) =>
    convinced
      .filter(({ label, guess }) => label === row && guess === column)
      .slice(0, EXAMPLES)
      .map(({ index }) => index);
  const wrong = convinced.filter(({ label, guess }) => label !== guess);
  return {
    count: dataset.count,
    accuracy: 1 - wrong.length / dataset.count,
    confusion,
    examples: confusion.map((row, label) => row.map((_, guess) => examplesOf(label, guess))),
    mistakes: wrong.slice(0, SHOWN).map((guess) => mistakeOf(dataset, guess)),
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
