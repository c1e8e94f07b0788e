// The part of a web worker that jax-js uses (a script from a blob, postMessage, onmessage), over node:worker_threads.
import { resolveObjectURL } from 'node:buffer';
import { Worker } from 'node:worker_threads';

const prelude = `
  const { parentPort } = require('node:worker_threads');
  globalThis.self = globalThis;
  globalThis.postMessage = (message) => parentPort.postMessage(message);
  parentPort.on('message', (data) => self.onmessage?.({ data }));
`;

export class WebWorker {
  #waiting = [];
  #worker;

  constructor(url) {
    this.#open(resolveObjectURL(url)).catch((error) => this.onerror?.(error));
  }

  postMessage(message) {
    if (this.#worker) this.#worker.postMessage(message);
    else this.#waiting.push(message);
  }

  async #open(blob) {
    this.#worker = new Worker(prelude + (await blob.text()), { eval: true });
    this.#worker.on('message', (data) => this.onmessage?.({ data }));
    this.#worker.on('error', (error) => this.onerror?.(error));
    for (const message of this.#waiting) this.#worker.postMessage(message);
  }
}
