// Who races. A contender is
//
//   name, library   'tfjs webgpu', '@tensorflow/tfjs 4.22.0'
//   works           the names of those it is entered for, where that is not all
//   without(work)   why it cannot do a work; undefined where it can
//   choices(work)   what can be set, each with its options, the default first: { submit: [15, 64, 256], ... }
//   start(work, material)  resolves to a run on a fresh copy of the initial parameters:
//     block(steps, choice)  does the next steps and resolves when the device is done with all of them: to the loss of the
//                           last step, read back from the device; for a product to nothing
//     product()             the last C, for a product; absent where it cannot be had, and is then not checked
//     end()                 frees what the run holds
//   different       true where the arithmetic is not meant to be the same, so that losses cannot be compared
import { brain } from './brain.mjs';
import { jax } from './jax.mjs';
import { ours } from './retrograd.mjs';
import { tensorflow } from './tfjs.mjs';

export const contenders = [ours, jax('webgpu'), tensorflow('webgpu'), jax('wasm'), tensorflow('wasm'), brain];
