/** The worked cases of the equations, on the driver of this project. */

import { useGpu } from '../support/harness.ts';
import { equations } from './equations.cases.ts';

const gpu = useGpu();

equations('on the GPU', () => gpu.device);
