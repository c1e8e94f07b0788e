// A server that predicts: GET /predict?x=0.3&y=0.5 says how likely that point is in a ring. It trains once and keeps the weights.
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { adam, binaryCrossEntropy, compile, dense, relu, sequential, sigmoid } from 'retrograd';
import { fromArrays } from 'retrograd/data';

const file = 'ring.safetensors'; // in the folder where the server is started
const net = await compile(sequential([2], [dense(32, relu), dense(32, relu), dense(1, sigmoid)]), {
  batch: 100,
  loss: binaryCrossEntropy(),
  optimizer: adam({ learningRate: 0.005 }),
});
if (existsSync(file)) {
  await net.load(file, { weightsOnly: true });
  console.log(`weights from ${file}`);
} else {
  await net.fit(ring(4000), { epochs: 40 });
  await net.save(file, { weightsOnly: true });
  console.log(`trained; weights are in ${file} now`);
}

const server = createServer(async (request, response) => {
  const answer = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify(body)}\n`);
  };
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  if (pathname !== '/predict') return answer(404, { error: 'GET /predict?x=0.3&y=0.5' });
  const point = ['x', 'y'].map((name) => Number.parseFloat(searchParams.get(name)));
  if (!point.every((value) => Math.abs(value) <= 1)) return answer(400, { error: 'x and y are numbers from -1 to 1' });
  try {
    // Requests that come at once are fine: a net answers one call after another.
    const [probability] = await net.predict(point);
    answer(200, { probability });
  } catch (error) {
    answer(500, { error: error.message });
  }
});
server.listen(process.env.PORT ?? 8080, () =>
  console.log(`http://localhost:${server.address().port}/predict?x=0.3&y=0.5`),
);
process.once('SIGTERM', stop).once('SIGINT', stop);

function stop() {
  server.close(() => net.destroy());
}

/** Random points of a square, and for each whether it is between 0.4 and 0.8 from the middle. */
function ring(count) {
  const x = Array.from({ length: count }, () => [2 * Math.random() - 1, 2 * Math.random() - 1]);
  return fromArrays({ x, y: x.map((point) => [Math.abs(Math.hypot(...point) - 0.6) < 0.2 ? 1 : 0]) });
}
