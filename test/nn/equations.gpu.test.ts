/** The worked cases of the equations, on the driver of this project. */
import { equations } from '../equations.cases.ts';
import { useGpu } from './harness.ts';

const gpu = useGpu();

equations('on the GPU', () => gpu.device);
