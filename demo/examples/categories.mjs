// A CSV file with categories and missing cells: which plants thrive. Prints the accuracy on rows held out.
import { writeFile } from 'node:fs/promises';
import { adam, compile, dense, relu, sequential, softmaxCrossEntropy, standardize } from 'retrograd';
import { csv, statistics } from 'retrograd/data';

await writeFile('plants.csv', makeTable(2000));

// A fifth of the rows is held out. Missing numbers become the mean of the rest, missing texts its most frequent text.
const { train, test } = await csv('plants.csv', { target: 'outcome', missing: 'mean', test: 0.2, seed: 1 });
for (const { name, ...column } of train.columns) console.log(`${name}: ${JSON.stringify(column)}`);
console.log(`${train.count} rows to train on, ${test.count} to test on: ${train.classNames.join(', ')}`);

const model = sequential(train.shape, [standardize(statistics(train)), dense(32, relu), dense(train.targets.size)]);
const net = await compile(model, {
  batch: 50,
  loss: softmaxCrossEntropy(),
  optimizer: adam({ learningRate: 0.01 }),
  seed: 1,
});
await net.fit(train, { epochs: 40 });
console.log(`test accuracy ${(await net.evaluate(test)).accuracy.toFixed(3)}`);

// Rows without an outcome, with the columns in another order: the same cells become the same inputs.
await writeFile('new.csv', 'light,water,soil\nsun,2.5,loam\nshade,0.4,\n');
const rows = await csv('new.csv', { columns: train.columns });
const probabilities = await net.predict(rows);
for (let row = 0; row < rows.count; row++) {
  const shares = train.classNames.map((name, i) => `${name} ${probabilities[row * 3 + i].toFixed(2)}`);
  console.log(`plant ${row + 1}: ${shares.join(', ')}`);
}
net.destroy();

/** Plants that need water by the light they have, in a soil that keeps it. One outcome in 20 is drawn, as is each gap. */
function makeTable(count) {
  const draw = (values) => values[Math.floor(Math.random() * values.length)];
  const lines = Array.from({ length: count }, () => {
    const [light, soil, water] = [
      draw(['sun', 'half shade', 'shade']),
      draw(['loam', 'clay', 'sand']),
      4 * Math.random(),
    ];
    const needed = { sun: 2.4, 'half shade': 1.6, shade: 0.8 }[light] * { loam: 1, clay: 0.7, sand: 1.4 }[soil];
    const right = water < 0.6 * needed ? 'dry' : water > 1.6 * needed ? 'rotten' : 'thrives';
    const outcome = Math.random() < 0.05 ? draw(['dry', 'rotten', 'thrives']) : right;
    return [light, soil, water.toFixed(2)]
      .map((cell) => (Math.random() < 0.02 ? '' : cell))
      .concat(outcome)
      .join();
  });
  return `light,soil,water,outcome\n${lines.join('\n')}\n`;
}
