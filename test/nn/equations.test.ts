/** The worked cases of the equations on the CPU reference; equations.gpu.test.ts runs them on each driver. */
import { equations } from './equations.cases.ts';
import '../../src/platform/platform.node.ts';

equations('on the CPU', () => 'cpu');
