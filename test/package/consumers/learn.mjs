/** A few steps on generated digits, with the modules that were imported in one way or another. Prints the outcome as JSON. */
export async function learn({ adam, compile, dense, openDevice, relu, sequential, softmaxCrossEntropy }, { digits }) {
  const { train } = digits({ train: 200, test: 10 });
  const opened = await openDevice().catch((error) => error);
  const device = opened instanceof Error ? 'cpu' : opened;
  const net = await compile(sequential([784], [dense(16, relu), dense(10)]), {
    device,
    batch: 50,
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.01 }),
    seed: 1,
  });
  const { loss: before } = await net.evaluate(train);
  await net.fit(train, { steps: 12 });
  const { loss: after } = await net.evaluate(train);
  net.destroy();
  if (device !== 'cpu') device.destroy();
  return { before, after, adapter: opened.info?.name, error: opened.name };
}
