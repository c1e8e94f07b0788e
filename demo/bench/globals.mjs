// What the libraries look for in a browser and Node lacks, defined before any of them is imported: `navigator` with one
// Dawn for everybody, WebGPU's constants, and web workers (for jax-js's threads). Dawn comes from the root's packages.
import { availableParallelism } from 'node:os';
import { create, globals } from 'webgpu';
import { WebWorker } from './worker.mjs';

// What is made from it lives only as long as it is reachable: without this reference the process crashes.
globalThis.dawn = create([]);

const absent = Object.entries({ ...globals, navigator: {}, Worker: WebWorker });
for (const [name, value] of absent) if (!(name in globalThis)) define(globalThis, name, value);

define(globalThis.navigator, 'gpu', globalThis.dawn);
if (!navigator.userAgent) define(navigator, 'userAgent', 'Node.js');
if (!navigator.hardwareConcurrency) define(navigator, 'hardwareConcurrency', availableParallelism());

function define(object, name, value) {
  Object.defineProperty(object, name, { value, configurable: true, writable: true });
}
