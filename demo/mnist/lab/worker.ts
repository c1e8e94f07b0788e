import { expose } from 'comlink';
import { createLab } from './lab.ts';

expose(createLab());
