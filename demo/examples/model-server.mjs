// A server that opens a net from its file: POST 784 bytes of an image to it, and it answers with the digit. The file says the
// layers, the scale of the bytes and the names of the classes, so that nothing of the training is repeated here.
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { openModel } from 'retrograd/predict';

const file = 'digits.safetensors'; // in the folder where the server is started
if (!existsSync(file)) await train();
const model = await openModel(file);
const { parameters } = await model.summary();
console.log(`${parameters} parameters, classes ${model.classNames.join(' ')}`);

const server = createServer(async (request, response) => {
  const answer = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify(body)}\n`);
  };
  try {
    // Requests that wait at the same time share a batch, and each gets the answer to its own image.
    const [{ className, probability }] = await model.classify(await buffer(request));
    answer(200, { className, probability });
  } catch (error) {
    answer(error.name === 'ShapeError' ? 400 : 500, { error: error.message });
  }
});
server.listen(process.env.PORT ?? 8081, () => console.log(`http://localhost:${server.address().port}/`));
process.once('SIGTERM', stop).once('SIGINT', stop);

function stop() {
  server.close(() => model.destroy());
}

/** Another program would do this: it trains a net, and keeps it with all that is needed to use it. */
async function train() {
  const { adam, compile, dense, relu, sequential, softmaxCrossEntropy } = await import('retrograd');
  const { digits } = await import('retrograd/data');
  const training = { batch: 50, loss: softmaxCrossEntropy(), optimizer: adam() };
  const net = await compile(sequential([784], [dense(32, relu), dense(10)]), training);
  await net.fit(digits({ train: 2000 }).train, { epochs: 3 });
  await net.save(file, { weightsOnly: true });
  net.destroy();
}
