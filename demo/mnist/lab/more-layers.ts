/** What nets of other layers than dense ones need of the library. */
export { activation, add, avgPool2d, batchNorm, conv2d, dropout, layerNorm, maxPool2d } from 'retrograd';
