/** Learns on the page and then in a worker. */
import * as retrograd from 'retrograd';
import * as data from 'retrograd/data';
import { learn } from '../learn.mjs';

const here = await learn(retrograd, data);
const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
worker.onmessage = ({ data: there }) => {
  document.title = JSON.stringify([here, there]);
};
