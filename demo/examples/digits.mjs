// The ten lines of the README: a net that reads digits, and the GPU work of one training step.
import { adam, compile, dense, openDevice, print, relu, sequential, softmaxCrossEntropy } from 'retrograd';
import { digits } from 'retrograd/data';

const { train, test } = digits();
const device = await openDevice();
const model = sequential([784], [dense(100, relu), dense(10)]);
const net = await compile(model, { device, batch: 50, loss: softmaxCrossEntropy(), optimizer: adam(), seed: 1 });
await net.fit(train, { epochs: 5, validation: test, onEpoch: (e) => console.log(e.epoch, e.validation.accuracy) });
console.log(print(net.schedule));
net.destroy();
device.destroy();
