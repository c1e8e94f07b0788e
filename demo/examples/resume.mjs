// Save and resume: a training that is interrupted and goes on from its file ends with the same weights, bit by bit.
import { adam, compile, dense, relu, sequential, softmaxCrossEntropy } from 'retrograd';
import { digits } from 'retrograd/data';

const { train } = digits({ train: 2000, test: 10 });
const make = () =>
  compile(sequential([784], [dense(64, relu), dense(10)]), {
    batch: 50,
    loss: softmaxCrossEntropy(),
    optimizer: adam(),
    seed: 1,
  });

const whole = await make();
await whole.fit(train, { epochs: 3 });

// Stopped in the middle of the second epoch. save() gives the bytes of the file, and also writes it where it gets a path.
const first = await make();
await first.fit(train, { steps: 70 });
const file = await first.save();
first.destroy();
console.log(`saved ${file.length} bytes after step ${first.steps}`);

// Usually in another process: the same model and options, and the file.
const second = await make();
await second.load(file);
console.log(`loaded, at step ${second.steps} with ${second.epochs} whole epoch`);
await second.fit(train, { epochs: 3 - second.epochs });

const [expected, found] = [await whole.parameters(), await second.parameters()];
const same = Object.keys(expected).every((name) =>
  Buffer.from(expected[name].data.buffer).equals(Buffer.from(found[name].data.buffer)),
);
console.log(`at step ${second.steps} the weights are ${same ? 'the same' : 'different'}`);
for (const net of [whole, second]) net.destroy();
