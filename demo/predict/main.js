// Both files are beside the page: the net as `net.save()` wrote it, and the images one after another.
import { openDevice, openModel } from 'retrograd/predict';

const status = document.querySelector('#status');
const list = document.querySelector('ol');

try {
  const device = await openDevice().catch(() => 'cpu'); // a small net is fast without a GPU, too
  const model = await openModel(new URL('digits.safetensors', location.href), { device });
  const images = new Uint8Array(await (await fetch('digits.bytes')).arrayBuffer());
  for (const { className, probability } of await model.classify(images)) {
    const item = document.createElement('li');
    item.textContent = `${className} (${Math.round(100 * probability)} %)`;
    list.append(item);
  }
  status.textContent = `Done on ${device === 'cpu' ? 'the CPU' : device.info.name}`;
} catch (error) {
  status.textContent = error.message;
}
