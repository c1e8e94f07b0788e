// Transfer: what a net has learned of six digits helps another one to tell the other four apart from few samples. The body is
// loaded and frozen, and the head learns alone.
import { adam, compile, conv2d, dense, flatten, relu, sequential, softmaxCrossEntropy } from 'retrograd';
import { digits, fromArrays, batch as samplesOf } from 'retrograd/data';

const body = [conv2d(8, 5, relu, { stride: 2 }), conv2d(16, 5, relu, { stride: 2 }), flatten(), dense(64, relu)];
const options = { batch: 20, loss: softmaxCrossEntropy(), optimizer: adam({ learningRate: 0.003 }), seed: 1 };
const modelFor = (classes) => sequential([1, 28, 28], [...body, dense(classes)]);

/** The samples of a data set with some labels, counted from 0, and no more than so many. */
function only(labels, dataset, most = dataset.count) {
  const { data } = dataset.targets;
  const indices = [...data.keys()].filter((i) => labels.includes(data[i])).slice(0, most);
  const { x } = samplesOf(dataset, indices);
  return fromArrays({ x, y: indices.map((i) => labels.indexOf(data[i])), shape: [1, 28, 28] });
}

const { train, test } = digits({ train: 4000, test: 1000 });
const first = await compile(modelFor(6), options);
await first.fit(only([0, 1, 2, 3, 4, 5], train), { epochs: 4 });
const { accuracy } = await first.evaluate(only([0, 1, 2, 3, 4, 5], test));
console.log(`0 to 5: test accuracy ${accuracy.toFixed(3)}`);
const file = await first.save();
first.destroy();

const [few, held] = [only([6, 7, 8, 9], train, 24), only([6, 7, 8, 9], test)];
for (const transfers of [false, true]) {
  const net = await compile(modelFor(4), { ...options, batch: 12 });
  if (transfers) {
    const { taken, missing } = await net.load(file, { weightsOnly: true, matching: true });
    console.log(`taken ${taken.length} tensors, missing ${missing.join(' and ')}`);
    const before = net.schedule.dispatches.length;
    await net.freeze(['layers.0.*', 'layers.1.*', 'layers.3.*']);
    console.log(`dispatches in a step: ${before}, and ${net.schedule.dispatches.length} with a frozen body`);
  }
  const start = await net.parameters();
  await net.fit(few, { epochs: 40 });
  const end = await net.parameters();
  const same = Object.keys(start).filter((key) => start[key].data.every((value, i) => value === end[key].data[i]));
  const { accuracy } = await net.evaluate(held);
  const how = transfers ? `with the body of 0 to 5, ${same.length} tensors as they were` : 'from nothing';
  console.log(`6 to 9, from 24 samples ${how}: test accuracy ${accuracy.toFixed(3)}`);
  net.destroy();
}
