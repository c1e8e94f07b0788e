/** The values of PyTorch on the CPU engine; oracle.gpu.test.ts holds each driver to them. */
import { cpuEngine } from '../../src/engine/cpu-engine.ts';
import { oracle } from './oracle.cases.ts';
import '../../src/platform/platform.node.ts';

oracle('on the CPU', async () => cpuEngine());
