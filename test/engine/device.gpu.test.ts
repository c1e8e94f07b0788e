/** What goes wrong with a device is said, typed, at the next call: no adapter, loss, memory, errors nobody caught. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { fromArrays } from '../../src/data/arrays.ts';
import { watch } from '../../src/engine/device.ts';
import {
  ArgumentError,
  adam,
  compile,
  type Device,
  DeviceHungError,
  DeviceLostError,
  dense,
  NoAdapterError,
  OutOfMemoryError,
  openDevice,
  RetrogradError,
  ShaderError,
  StateError,
  sequential,
  sgd,
  sigmoid,
  softmaxCrossEntropy,
} from '../../src/index.node.ts';
import { platform } from '../../src/platform/platform.ts';

const data = fromArrays({
  x: Array.from({ length: 64 }, (_, i) => [i % 2, i % 3]),
  y: Array.from({ length: 64 }, (_, i) => i % 2),
});
const model = sequential([2], [dense(4, sigmoid), dense(2)]);
const options = { batch: 8, loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 0.1 }) };
const STORAGE = 0x80;

/** What to do about it, on each platform: where WebGPU itself is missing, and where an adapter is. */
const inNode = typeof document === 'undefined';
const remedy = {
  webgpu: inNode ? /npm install webgpu.*device: 'cpu'/ : /Chrome.*GPU.*device: 'cpu'/,
  adapter: inNode ? /WebGPU in Node needs .*(driver|Metal).*device: 'cpu'/ : /Chrome.*GPU.*device: 'cpu'/,
};

const opened: Device[] = [];
const open = async () => {
  const device = await openDevice();
  opened.push(device);
  return device;
};
afterEach(() => {
  for (const device of opened.splice(0)) device.destroy();
});

describe('openDevice', () => {
  const { gpu } = platform;
  afterEach(() => {
    platform.gpu = gpu;
  });

  it('throws NoAdapterError that says what to install where there is no WebGPU', async () => {
    platform.gpu = async () => undefined;
    await expect(openDevice()).rejects.toThrow(NoAdapterError);
    await expect(openDevice()).rejects.toThrow(remedy.webgpu);
  });

  it('throws NoAdapterError where WebGPU finds no adapter', async () => {
    platform.gpu = async () => ({ requestAdapter: async () => null }) as unknown as GPU;
    await expect(openDevice()).rejects.toThrow(/no adapter/);
    await expect(openDevice()).rejects.toThrow(remedy.adapter);
  });

  it('says what was missing, and in a browser what to do in that browser', async () => {
    const failure = () => openDevice().catch((error) => error as NoAdapterError);
    platform.gpu = async () => undefined;
    expect(await failure()).toMatchObject({ missing: 'webgpu' });
    const refusing = { features: new Set(), limits: {}, info: { device: '', description: 'old' } };
    const adapter = { ...refusing, requestDevice: () => Promise.reject(new Error('too old')) };
    platform.gpu = async () => ({ requestAdapter: async () => adapter }) as unknown as GPU;
    expect(await failure()).toMatchObject({ missing: 'device', cause: new Error('too old') });
    platform.gpu = async () => ({ requestAdapter: async () => null }) as unknown as GPU;
    const { missing, advice, message } = (await failure()) as NoAdapterError;
    expect(missing).toBe('adapter');
    if (typeof document === 'undefined') expect(advice).toBeUndefined();
    else for (const step of advice!.here!.steps) expect(message).toContain(step);
  });

  it('throws DeviceHungError where the driver gives no answer, and keeps no device that comes later', async () => {
    const never = new Promise<never>(() => {});
    const opens = () => openDevice({ hungAfter: 50 });
    platform.gpu = async () => ({ requestAdapter: () => never }) as unknown as GPU;
    await expect(opens()).rejects.toThrow(DeviceHungError);
    await expect(opens()).rejects.toThrow(/driver has not answered for 0.05 s. It was due to find an adapter/);
    const destroy = vi.fn();
    let answer = (_device: object): void => {};
    const device = new Promise((resolve) => {
      answer = resolve;
    });
    const adapter = {
      features: new Set(),
      limits: {},
      info: { device: '', description: '' },
      requestDevice: () => device,
    };
    platform.gpu = async () => ({ requestAdapter: async () => adapter }) as unknown as GPU;
    await expect(opens()).rejects.toThrow(/It was due to open a device/);
    answer({ destroy });
    await device;
    expect(destroy).toHaveBeenCalledOnce();
  });

  it('throws ArgumentError for a time that is none', async () => {
    for (const hungAfter of [0, -1, Number.NaN, '1' as never])
      await expect(openDevice({ hungAfter })).rejects.toThrow(ArgumentError);
  });

  it('opens fifty times', async () => {
    for (let i = 0; i < 50; i++) {
      const device = await openDevice();
      const [buffer] = await device.createBuffers([{ size: 64, usage: STORAGE }]);
      device.destroyBuffer(buffer);
      device.destroy();
      device.destroy();
    }
  });

  it('tells what it opened', async () => {
    const { info } = await open();
    expect(info.name).not.toBe('');
    expect(typeof info.software).toBe('boolean');
  });
});

describe('a device that is lost', () => {
  it('rejects the fit that runs on it, and gives out no number afterwards', async () => {
    const device = await open();
    const net = await compile(model, { ...options, device });
    net.step([1, 2], [0]);
    const fit = net.fit(data, { epochs: 1000, onEpoch: () => device.gpu.destroy() });
    await expect(fit).rejects.toThrow(DeviceLostError);
    await expect(net.loss()).rejects.toThrow(DeviceLostError);
    await expect(net.parameters()).rejects.toThrow(DeviceLostError);
    await expect(net.evaluate(data)).rejects.toThrow(DeviceLostError);
    expect(() => net.step([1, 2], [0])).toThrow(DeviceLostError);
    await expect(compile(model, { ...options, device })).rejects.toThrow(DeviceLostError);
  });

  it('rejects a read that was under way', async () => {
    const device = await open();
    const net = await compile(model, { ...options, device });
    net.step([1, 2], [0]);
    const loss = net.loss();
    device.destroy();
    await expect(loss).rejects.toThrow(DeviceLostError);
  });
});

describe('a device that hangs', () => {
  it('rejects what waits for it, and gives out no number afterwards', async () => {
    const device = await openDevice({ hungAfter: 1000 });
    opened.push(device);
    const net = await compile(model, { ...options, device });
    net.step([1, 2], [0]);
    await net.loss();
    device.gpu.queue.onSubmittedWorkDone = () => new Promise(() => {});
    await expect(net.fit(data, { epochs: 2 })).rejects.toThrow(DeviceHungError);
    await expect(net.parameters()).rejects.toThrow(DeviceHungError);
    expect(() => net.step([1, 2], [0])).toThrow(DeviceHungError);
    await expect(compile(model, { ...options, device })).rejects.toThrow(DeviceHungError);
    net.destroy();
    expect(device.bytesInUse).toBe(0);
  });
});

describe('a net that is destroyed', () => {
  it('ends a read that was under way with StateError, and troubles no other net of the device', async () => {
    const device = await open();
    const [net, other] = [await compile(model, { ...options, device }), await compile(model, { ...options, device })];
    const read = net.parameters().catch((error) => expect(error).toBeInstanceOf(StateError));
    const fit = net.fit(data, { epochs: 1000 });
    setTimeout(() => net.destroy());
    await expect(fit).rejects.toThrow(StateError);
    await read;
    await other.fit(data, { epochs: 2 });
    other.step([1, 2], [0]);
    const loss = other.loss();
    other.destroy();
    await expect(loss).rejects.toThrow(StateError);
    await device.gpu.queue.onSubmittedWorkDone();
    device.assertAlive();
  });
});

describe('memory', () => {
  it('that cannot be had is an OutOfMemoryError with what was asked for and what is in use, and leaves nothing behind', async () => {
    const device = await open();
    const [small] = await device.createBuffers([{ size: 1024, usage: STORAGE }]);
    const size = device.gpu.limits.maxBufferSize + 4;
    const attempt = device.createBuffers([
      { size: 64, usage: STORAGE },
      { size, usage: STORAGE },
    ]);
    await expect(attempt).rejects.toThrow(OutOfMemoryError);
    await expect(attempt).rejects.toThrow(new RegExp(`${size + 64} bytes in total, with 1024 bytes in use`));
    expect(device.bytesInUse).toBe(1024);
    device.destroyBuffer(small);
    expect(device.bytesInUse).toBe(0);
  });

  it('is all given back when a net is destroyed, whatever was done with it', async () => {
    const device = await open();
    for (let i = 0; i < 3; i++) {
      const net = await compile(model, { ...options, device });
      await net.fit(data, { epochs: 1, validation: data });
      await net.predict([1, 2]);
      await net.gradients([1, 2], [0]);
      await net.check([1, 2], [0]);
      net.destroy();
      await new Promise((resolve) => setTimeout(resolve));
      expect(device.bytesInUse).toBe(0);
    }
  });
});

describe('memory that is given back', () => {
  it('leaves no buffer of a fit that a callback, a label or a signal ends', async () => {
    const device = await open();
    const net = await compile(model, { ...options, device });
    await net.fit(data, { epochs: 1 });
    const before = device.bytesInUse;
    const boom = () => {
      throw new Error('boom');
    };
    await expect(net.fit(data, { epochs: 2, onEpoch: boom })).rejects.toThrow('boom');
    const labelled = { ...data, targets: { ...data.targets, data: new Uint8Array(64).fill(2, 56) } };
    await expect(net.fit(labelled, { epochs: 1 })).rejects.toThrow(RetrogradError);
    await expect(net.fit(data, { epochs: 9, signal: AbortSignal.abort() })).rejects.toThrow();
    expect(device.bytesInUse).toBe(before);
    net.destroy();
    expect(device.bytesInUse).toBe(0);
  });
});

describe('what a device cannot run', () => {
  it('as one dispatch for many steps, it runs kernel by kernel, and says so', async () => {
    const device = await open();
    const { pipeline } = device;
    device.pipeline = async (shader, label) => {
      if (label === 'whole steps') throw new ShaderError('no');
      return pipeline(shader, label);
    };
    const net = await compile(model, { ...options, device });
    const other = await compile(model, { ...options, device: 'cpu' });
    const [[found], [expected]] = [await net.fit(data, { epochs: 1 }), await other.fit(data, { epochs: 1 })];
    expect(found.trainLoss).toBeCloseTo(expected.trainLoss, 5);
    expect(device.info.unavailable).toEqual(['whole steps: no']);
  });
});

describe('an error that nobody caught', () => {
  it('keeps its kind where memory was what lacked', async () => {
    const device = await open();
    const error = new GPUOutOfMemoryError('too much');
    device.gpu.dispatchEvent(new GPUUncapturedErrorEvent('uncapturederror', { error }));
    expect(() => device.assertAlive()).toThrow(OutOfMemoryError);
  });

  it('is thrown by the next call, once', async () => {
    const device = await open();
    device.gpu.createBuffer({ size: 4, usage: 0 });
    await device.gpu.queue.onSubmittedWorkDone();
    expect(() => device.assertAlive()).toThrow(/The device reported an error/);
    expect(() => device.assertAlive()).not.toThrow();
  });
});

describe('a device with the portable limits', () => {
  it('runs Adam with 8 storage buffers a dispatch, within the bounds', async () => {
    const gpu = await platform.gpu();
    const adapter = await gpu!.requestAdapter();
    const device = watch(await adapter!.requestDevice(), {
      name: 'portable',
      vendor: '',
      architecture: '',
      software: true,
      subgroup: 0,
    });
    opened.push(device);
    expect(device.gpu.limits.maxStorageBuffersPerShaderStage).toBe(8);
    const net = await compile(model, { ...options, optimizer: adam(), device });
    expect(Math.max(...net.schedule.dispatches.map(({ bindings }) => bindings.length))).toBe(8);
    await net.fit(data, { epochs: 2 });
    expect((await net.check([1, 2, 0, 1], [0, 1])).ok).toBe(true);
  });
});

describe('a device that compile opened', () => {
  it('goes with the net', async () => {
    const before = vi.spyOn(GPUDevice.prototype, 'destroy');
    const net = await compile(model, options);
    net.step([1, 2], [0]);
    expect(await net.loss()).toBeGreaterThan(0);
    net.destroy();
    expect(before).toHaveBeenCalledTimes(1);
    before.mockRestore();
  });
});

describe('an epoch of more steps than the step table has rows', () => {
  it('is every one of them', async () => {
    const device = await open();
    const many = fromArrays({
      x: Array.from({ length: 700 }, (_, i) => [i % 2, i % 3]),
      y: Array.from({ length: 700 }, (_, i) => i % 2),
    });
    const run = async (millisecondsPerSubmit: number) => {
      const net = await compile(model, { ...options, batch: 1, device });
      const [{ trainLoss }] = await net.fit(many, { epochs: 1, millisecondsPerSubmit });
      expect(net.steps).toBe(700);
      return trainLoss;
    };
    expect(await run(1e6)).toBe(await run(1e-6));
  });
});

describe('two nets on one device', () => {
  it('train as each would alone', async () => {
    const device = await open();
    const train = async () => {
      const net = await compile(model, { ...options, device, seed: 3 });
      await net.fit(data, { epochs: 3 });
      const { data: weights } = (await net.parameters())['layers.0.weight'];
      net.destroy();
      return weights;
    };
    const alone = await train();
    const [one, other] = await Promise.all([train(), train()]);
    expect(one).toEqual(alone);
    expect(other).toEqual(alone);
  });
});
