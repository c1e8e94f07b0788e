// A CSV table: read it, hold a part out, bring every column to mean 0 and deviation 1, learn the price of a flat.
import { adam, compile, cosineDecay, dense, meanSquared, sequential, tanh } from 'retrograd';
import { fromArrays } from 'retrograd/data';

const csv = makeTable(1000); // or: await readFile('flats.csv', 'utf8')
const [header, ...lines] = csv.trim().split('\n');
const rows = lines.map((line) => line.split(',').map(Number));
console.log(`${rows.length} rows of ${header}`);

// The rows come in no order, so the last fifth is as good as any. Shuffle rows that do.
const cut = Math.floor(0.8 * rows.length);
const [known, held] = [rows.slice(0, cut), rows.slice(cut)];

// Mean and deviation of the training rows only: the others stand for flats that nobody has seen yet.
const scales = header.split(',').map((_, column) => {
  const values = known.map((row) => row[column]);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
});
const normalised = (row) => row.map((value, column) => (value - scales[column].mean) / scales[column].deviation);
const dataset = (part) => {
  const table = part.map(normalised);
  return fromArrays({ x: table.map((row) => row.slice(0, -1)), y: table.map((row) => row.slice(-1)) });
};
const [train, test] = [dataset(known), dataset(held)];

const net = await compile(sequential([4], [dense(32, tanh), dense(1)]), {
  batch: 32,
  loss: meanSquared(),
  optimizer: adam({ learningRate: cosineDecay({ from: 0.02, steps: 1500 }) }),
});
await net.fit(train, { epochs: 60 });

// The loss is in squared deviations of the price.
const price = scales.at(-1);
const { loss } = await net.evaluate(test);
console.log(`price ${price.mean.toFixed(0)} ± ${price.deviation.toFixed(0)} thousand`);
console.log(
  `typical error on ${held.length} held-out rows: ${(Math.sqrt(loss) * price.deviation).toFixed(1)} thousand`,
);
net.destroy();

/** Flats drawn at random, priced by a formula, with noise of deviation 10. */
function makeTable(count) {
  const between = (low, high) => low + (high - low) * Math.random();
  const flats = Array.from({ length: count }, () => {
    const [area, floor, age, distance] = [between(25, 140), between(0, 8), between(0, 100), between(0, 15)];
    const noise = between(-17.3, 17.3);
    const price = (4 * area * (1 + floor / 40) * (1 - age / 250)) / (1 + distance / 10) + noise;
    return [area, floor, age, distance, price].map((value) => value.toFixed(1)).join(',');
  });
  return ['area,floor,age,distance,price', ...flats].join('\n');
}
