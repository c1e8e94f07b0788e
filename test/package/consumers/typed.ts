/** Compiled, not run: the public types say what is there, and under `strict` ask for no more. */
import {
  adam,
  compile,
  type Device,
  dense,
  type EpochResult,
  openDevice,
  print,
  relu,
  sequential,
  softmaxCrossEntropy,
  type Trainer,
} from 'retrograd';
import { countCalls } from 'retrograd/bench';
import { digits } from 'retrograd/data';
import { type Savable, toOnnx } from 'retrograd/onnx';
import { openModel, type Predictor } from 'retrograd/predict';

const { train, test } = digits();
const device: Device = await openDevice({ powerPreference: 'low-power' });
const model = sequential([784], [dense(100, relu), dense(10)]);
const net: Trainer = await compile(model, {
  device,
  batch: 50,
  loss: softmaxCrossEntropy(),
  optimizer: adam(),
  seed: 1,
});
const [validated] = await net.fit(train, {
  epochs: 5,
  validation: test,
  onEpoch: (e) => console.log(e.epoch, e.validation.accuracy),
});
const best: number = validated.best + validated.validation.loss;

const results: EpochResult[] = await net.fit(train, { epochs: 1, onEpoch: (e) => console.log(e.validation?.loss) });
// @ts-expect-error: there is none in a fit that does not validate
const none: number = (await net.fit(train, { epochs: 1 }))[0].validation.loss;

console.log(print(net.schedule), countCalls(device.gpu), best, results, none);
const opened: Predictor = await openModel(await net.save(), { device });
const outputs: Float32Array = await opened.predict(new Uint8Array(784));
console.log(outputs, (await opened.classify([new Uint8Array(784)]))[0].className, (await opened.evaluate(test)).loss);
const savable: Savable = net;
const file: Uint8Array = await toOnnx(savable, { logits: true });
console.log(file.length);
await opened[Symbol.asyncDispose]();
await net[Symbol.asyncDispose]();
