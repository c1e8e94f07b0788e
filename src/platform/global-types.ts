/**
 * Global types that the declarations of this package name and that the TypeScript of a user may lack: WebGPU comes with
 * `lib.dom` since TypeScript 6 and with `@webgpu/types` before, `Symbol.asyncDispose` with `lib` ESNext. Interfaces of one
 * name merge: where the real ones are, these add nothing, and where they are not, the declarations compile all the same.
 */
declare global {
  interface GPU {}
  interface GPUBuffer {}
  interface GPUBufferDescriptor {}
  interface GPUCommandEncoder {}
  interface GPUComputePassEncoder {}
  interface GPUComputePipeline {}
  interface GPUDevice {}
  interface GPURequestAdapterOptions {}
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol;
  }
}

export {};
