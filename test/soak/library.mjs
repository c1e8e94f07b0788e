// The build, by the name that its users know it by.
export { adam, compile, dense, openDevice, RetrogradError, relu, sequential, softmaxCrossEntropy } from 'retrograd';
export { fromArrays } from 'retrograd/data';
