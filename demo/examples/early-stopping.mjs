// Early stopping: with few samples a net soon learns them by heart. Stop then, and keep the weights of the best epoch.
import { adam, compile, dense, relu, sequential, softmaxCrossEntropy } from 'retrograd';
import { digits } from 'retrograd/data';

const { train, test: validation } = digits({ train: 200, test: 1000 });
const net = await compile(sequential([784], [dense(100, relu), dense(10)]), {
  batch: 20,
  loss: softmaxCrossEntropy(),
  optimizer: adam({ learningRate: 0.003 }),
  seed: 1,
});

const history = await net.fit(train, {
  epochs: 100,
  validation,
  earlyStopping: { patience: 4 },
  keepBest: true,
  onEpoch: ({ epoch, trainLoss, validation }) =>
    console.log(
      `epoch ${epoch}   training loss ${trainLoss.toFixed(4)}   validation loss ${validation.loss.toFixed(4)}`,
    ),
});

const { best } = history.at(-1);
const { loss } = await net.evaluate(validation);
console.log(`stopped after epoch ${history.length}; back at epoch ${best}, validation loss ${loss.toFixed(4)}`);
net.destroy();
