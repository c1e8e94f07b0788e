import * as retrograd from 'retrograd';
import * as data from 'retrograd/data';
import { learn } from './learn.mjs';

console.log(JSON.stringify(await learn(retrograd, data)));
