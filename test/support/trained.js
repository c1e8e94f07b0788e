/** The same training wherever it runs; for what is compared between a browser and Node. */

/**
 * Bits of the parameters after an epoch of 784-100-10 and three steps of LeNet-5, and what the nets ran on.
 * @param {typeof import('../../src/index.ts')} library
 * @param {typeof import('../../src/data/index.ts')} data
 */
export async function trained(library, data) {
  const { adam, compile, conv2d, dense, flatten, maxPool2d, openDevice, relu, sequential, softmaxCrossEntropy } =
    library;
  const { train } = data.digits({ train: 1000, test: 1 });
  const convolutions = [conv2d(6, 5, relu, { padding: 2 }), maxPool2d(2), conv2d(16, 5, relu), maxPool2d(2), flatten()];
  const nets = [
    { model: sequential([784], [dense(100, relu), dense(10)]), span: { epochs: 1 } },
    {
      model: sequential([1, 28, 28], [...convolutions, dense(120, relu), dense(84, relu), dense(10)]),
      span: { steps: 3 },
    },
  ];
  const device = await openDevice();
  const bits = [];
  for (const { model, span } of nets) {
    const options = { batch: 50, loss: softmaxCrossEntropy(), optimizer: adam(), seed: 1, tune: 'off' };
    const net = await compile(model, { device, ...options });
    await net.fit(train, span);
    for (const [name, { data }] of Object.entries(await net.parameters()))
      bits.push(`${name}: ${new Uint32Array(data.buffer, data.byteOffset, data.length).join(' ')}`);
    net.destroy();
  }
  device.destroy();
  return { adapter: device.info.name, software: device.info.software, bits };
}
