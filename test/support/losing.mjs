// For `node --import`: the first device of the process is lost after RETROGRAD_LOSE_AFTER dispatches, as where a driver restarts.
// Dispatches are counted since a step has as many on every machine, while the submits they go in depend on its speed.
import { globals } from 'webgpu';

const { requestDevice } = globals.GPUAdapter.prototype;
const { dispatchWorkgroups } = globals.GPUComputePassEncoder.prototype;
let left = Number(process.env.RETROGRAD_LOSE_AFTER);

globals.GPUComputePassEncoder.prototype.dispatchWorkgroups = function (...args) {
  left--;
  return dispatchWorkgroups.apply(this, args);
};

globals.GPUAdapter.prototype.requestDevice = async function (...args) {
  const device = await requestDevice.apply(this, args);
  const lost = device.lost.then(() => ({ reason: 'unknown', message: 'the driver restarted' }));
  Object.defineProperty(device, 'lost', { value: lost });
  const { queue } = device;
  const submit = queue.submit.bind(queue);
  queue.submit = (...buffers) => {
    submit(...buffers);
    if (left > 0) return;
    left = Number.POSITIVE_INFINITY;
    device.destroy();
  };
  return device;
};
