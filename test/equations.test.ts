/** The worked cases of the equations, on the CPU reference and on the GPU. */
import { equations } from './equations.cases.ts';
import { useGpu } from './gpu/harness.ts';

const gpu = useGpu();

equations('on the CPU', () => 'cpu');
equations('on the GPU', () => gpu.device);
