/** `retrograd/predict` in Node: as in a browser, with Dawn as its WebGPU and files where those are wanted. */
import './platform/platform.node.ts';

export * from './predict/index.ts';
