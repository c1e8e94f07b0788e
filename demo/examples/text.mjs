// Text: short reviews, good or bad, by an embedding of their words and a GRU. "not" turns the next word round. Prints the
// accuracy on reviews held out.
import { adam, compile, dense, embedding, gru, sequential, softmaxCrossEntropy } from 'retrograd';
import { fromArrays } from 'retrograd/data';

const good = ['good', 'great', 'lovely', 'clever', 'funny'];
const bad = ['bad', 'dull', 'awful', 'slow', 'silly'];
const others = ['the', 'film', 'was', 'and', 'its', 'story', 'music', 'very', 'is'];
const words = ['', 'not', ...good, ...bad, ...others];
const numberOf = new Map(words.map((word, i) => [word, i]));
const LENGTH = 8;

/** The numbers of the words, filled up with 0, the padding. */
const encode = (text) => {
  const numbers = text.split(' ').map((word) => numberOf.get(word));
  return [...numbers, ...new Array(LENGTH - numbers.length).fill(0)];
};

const random = generator(3);
const draw = (list) => list[Math.floor(random() * list.length)];
const reviews = Array.from({ length: 1200 }, () => {
  const [isGood, isTurned] = [random() < 0.5, random() < 0.4];
  const opinion = draw(isGood === isTurned ? bad : good);
  const some = (most) => Array.from({ length: Math.floor(random() * most) }, () => draw(others));
  return { text: [...some(4), ...(isTurned ? ['not'] : []), opinion, ...some(3)].join(' '), label: Number(isGood) };
});
const set = (part) => fromArrays({ x: part.map(({ text }) => encode(text)), y: part.map(({ label }) => label) });
const [train, test] = [set(reviews.slice(0, 1000)), set(reviews.slice(1000))];

const model = sequential([LENGTH], [embedding(words.length, 8, { padding: 0 }), gru(12, { mask: true }), dense(2)]);
const net = await compile(model, {
  batch: 50,
  loss: softmaxCrossEntropy(),
  optimizer: adam({ learningRate: 0.02 }),
  seed: 1,
});
await net.fit(train, { epochs: 8 });
console.log(`accuracy on 200 reviews held out: ${(await net.evaluate(test)).accuracy.toFixed(3)}`);
for (const text of ['the music was lovely', 'the music was not lovely', 'not dull and very funny']) {
  const [, share] = await net.predict([encode(text)]);
  console.log(`"${text}": good with probability ${share.toFixed(2)}`);
}
net.destroy();

/** Numbers from 0 to 1, the same in every run. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
