/** The files in which weights go out of the page and come back. */
export const weightFormats = {
  safetensors: { title: 'safetensors', extension: 'safetensors' },
  onnx: { title: 'ONNX', extension: 'onnx' },
  pytorch: { title: 'PyTorch, a folder in a ZIP file', extension: 'pytorch.zip' },
} as const;
export type WeightFormat = keyof typeof weightFormats;
