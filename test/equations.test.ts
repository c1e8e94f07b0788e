/** The worked cases of the equations on the CPU reference; test/gpu/equations.test.ts runs them on each driver. */
import { equations } from './equations.cases.ts';
import '../src/platform.node.ts';

equations('on the CPU', () => 'cpu');
