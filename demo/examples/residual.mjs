// A net that branches: residual blocks h + f(h), which learn where a plain stack of sigmoid layers hardly does.
import { adam, add, apply, compile, dense, input, model, sigmoid, softmaxCrossEntropy } from 'retrograd';
import { digits } from 'retrograd/data';

const { train, test } = digits({ train: 2000, test: 1000 });
const layer = (h) => apply(dense(32, sigmoid), h);
const residual = (h) => apply(add(), h, layer(h));

/** 784 numbers to 32, four blocks, 32 to 10. */
function deep(block) {
  const x = input([784]);
  let h = apply(dense(32), x);
  for (let i = 0; i < 4; i++) h = block(h);
  return model(x, apply(dense(10), h));
}

for (const [name, block] of Object.entries({ plain: layer, residual })) {
  const net = await compile(deep(block), {
    batch: 50,
    loss: softmaxCrossEntropy(),
    optimizer: adam(),
    seed: 1,
  });
  const history = await net.fit(train, { epochs: 3, validation: test });
  console.log(`${name}: test accuracy ${history.map(({ validation }) => validation.accuracy.toFixed(3)).join(', ')}`);
  net.destroy();
}
