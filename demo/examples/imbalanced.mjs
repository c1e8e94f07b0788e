// Classes of very different sizes: what the net takes for what, and F1 per class, with and without class weights.
import {
  adam,
  compile,
  confusion,
  dense,
  precisionRecallF1,
  printConfusion,
  printScores,
  sequential,
  softmaxCrossEntropy,
  summary,
  tanh,
} from 'retrograd';
import { fromArrays } from 'retrograd/data';

const classNames = ['normal', 'worn', 'broken'];
const centres = [
  [0, 0],
  [1.6, 0.6],
  [0.4, 1.8],
]; // of two measurements

/** A normally distributed random number, by Box and Muller. */
const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

/** Parts of a machine, so many of each class, whose measurements overlap. */
function parts(counts) {
  const y = counts.flatMap((count, label) => new Array(count).fill(label));
  const x = y.map((label) => centres[label].map((value) => value + 0.6 * normal()));
  return fromArrays({ x, y, classes: 3, classNames });
}

const counts = [900, 70, 30];
const train = parts(counts);
const test = parts(counts.map((count) => 3 * count));
const model = sequential([2], [dense(16, tanh), dense(3)]);
console.log(`${summary(model).parameters} parameters`);

for (const classWeights of [undefined, counts.map((count) => train.count / (3 * count))]) {
  const net = await compile(model, {
    batch: 50,
    loss: softmaxCrossEntropy({ classWeights }),
    optimizer: adam({ learningRate: 0.01 }),
    seed: 1,
  });
  await net.fit(train, { epochs: 30 });
  const { accuracy, metrics } = await net.evaluate(test, { metrics: [confusion(), precisionRecallF1()] });
  console.log(
    `\nclass weights ${classWeights?.map((weight) => weight.toFixed(1)).join(', ') ?? 'none'}: accuracy ${accuracy}`,
  );
  console.log(printConfusion(metrics.confusion));
  console.log(printScores(metrics));
  net.destroy();
}
