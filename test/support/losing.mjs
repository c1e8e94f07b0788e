// For `node --import`: the first device of the process is lost after RETROGRAD_LOSE_AFTER submits, as where a driver restarts.
import { globals } from 'webgpu';

const { prototype } = globals.GPUAdapter;
const { requestDevice } = prototype;
let left = Number(process.env.RETROGRAD_LOSE_AFTER);

prototype.requestDevice = async function (...args) {
  const device = await requestDevice.apply(this, args);
  const lost = device.lost.then(() => ({ reason: 'unknown', message: 'the driver restarted' }));
  Object.defineProperty(device, 'lost', { value: lost });
  const { queue } = device;
  const submit = queue.submit.bind(queue);
  queue.submit = (...buffers) => {
    submit(...buffers);
    if (--left === 0) device.destroy();
  };
  return device;
};
