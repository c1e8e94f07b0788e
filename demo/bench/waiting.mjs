// Two ways to wait for the GPU. While something is under way, Dawn's binding for Node polls the event loop without a
// pause; on a software driver that takes a core from the very work it waits for. Which way is better differs from
// library to library and from driver to driver, so the race tries both and gives each contender its own.
const cell = new Int32Array(new SharedArrayBuffer(4));
const milliseconds = 0.5;

export const waiting = {
  plain: (promise) => promise,

  /** The thread sleeps between single turns of the event loop. */
  async sleeping(promise) {
    let settled = false;
    const settle = () => {
      settled = true;
    };
    promise.then(settle, settle);
    await undefined; // what is settled already costs no sleep
    while (!settled) {
      Atomics.wait(cell, 0, 0, milliseconds);
      await new Promise(setImmediate);
    }
    return promise;
  },
};
