/** `retrograd/data` in Node: the same functions, with files and a cache folder behind them. */
import './platform/platform.node.ts';
import './platform/image-decoder.node.ts';

export * from './data/index.ts';
