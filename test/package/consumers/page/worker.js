import * as retrograd from 'retrograd';
import * as data from 'retrograd/data';
import { learn } from '../learn.mjs';

learn(retrograd, data).then((outcome) => postMessage(outcome)); // Vite makes a classic script of it, which has no `await`
