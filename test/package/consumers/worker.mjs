import { Worker } from 'node:worker_threads';

new Worker(new URL('import.mjs', import.meta.url));
