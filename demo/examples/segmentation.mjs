// Which pixels belong to a square, and which to a circle: a net gives each pixel of a noisy picture a class.
import { adam, compile, conv2d, precisionRecallF1, relu, sequential, softmaxCrossEntropy } from 'retrograd';
import { fromArrays } from 'retrograd/data';

const [size, classes] = [20, ['background', 'square', 'circle']];
const train = pictures(400);
const test = pictures(100);

// [3, 20, 20]: a number for each class at each pixel
const convolutions = Array.from({ length: 3 }, () => conv2d(8, 5, relu, { padding: 2 }));
const model = sequential([1, size, size], [...convolutions, conv2d(3, 1)]);
const optimizer = adam({ learningRate: 0.01 });
const net = await compile(model, { batch: 20, loss: softmaxCrossEntropy(), optimizer, seed: 1 });
await net.fit(train.dataset, {
  epochs: 8,
  onEpoch: ({ epoch, trainLoss }) => console.log(`epoch ${epoch}: loss ${trainLoss.toFixed(3)}`),
});

const { accuracy, metrics } = await net.evaluate(test.dataset, { metrics: [precisionRecallF1()] });
console.log(`${(100 * accuracy).toFixed(1)} % of the pixels are right`);
for (const [i, { precision, recall }] of metrics.perClass.entries())
  console.log(`${classes[i]}: precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}`);
show(test, await net.predict(test.x.subarray(0, size * size)));
net.destroy();

/** Noisy pictures of a square that lies over a circle, [n][1][size][size], and the class of every pixel, [n][size][size]. */
function pictures(n) {
  const x = new Float32Array(n * size * size);
  const labels = new Uint8Array(x.length);
  for (let i = 0; i < x.length; i += size * size) {
    const [square, circle] = [place(), place()];
    for (let at = 0; at < size * size; at++) {
      const away = ({ down, across }) => [Math.abs(Math.floor(at / size) - down), Math.abs((at % size) - across)];
      const isSquare = Math.max(...away(square)) <= square.half;
      const isCircle = Math.abs(Math.hypot(...away(circle)) - circle.half) <= 0.7;
      labels[i + at] = isSquare ? 1 : isCircle ? 2 : 0;
      x[i + at] = Number(isSquare || isCircle) + 1.3 * (Math.random() - 0.5);
    }
  }
  return { x, labels, dataset: fromArrays({ x, shape: [1, size, size], y: labels, labelShape: [size, size] }) };
}

function place() {
  const middle = () => 4 + Math.floor((size - 8) * Math.random());
  return { down: middle(), across: middle(), half: 3 + Math.floor(2 * Math.random()) };
}

/** The first picture, what is in it, and what the net says, side by side. */
function show({ x, labels }, probabilities) {
  const of = (c, at) => probabilities[c * size * size + at];
  const said = (at) => [1, 2].reduce((a, b) => (of(b, at) > of(a, at) ? b : a), 0);
  const views = [(at) => (x[at] > 0.5 ? '+' : ' '), (at) => '.#o'[labels[at]], (at) => '.#o'[said(at)]];
  for (let first = 0; first < size * size; first += size)
    console.log(views.map((view) => Array.from({ length: size }, (_, i) => view(first + i)).join('')).join('   '));
}
