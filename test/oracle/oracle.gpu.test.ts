/** The values of PyTorch, on the driver of this project. */
import { gpuEngine } from '../../src/engine/gpu-engine.ts';
import { useGpu } from '../support/harness.ts';
import { oracle } from './oracle.cases.ts';

const gpu = useGpu();

oracle('on the GPU', () => gpuEngine(gpu.device));
