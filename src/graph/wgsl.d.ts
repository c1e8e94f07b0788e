/** What the plugin of setup/wgsl.mjs makes of the files of shaders/. */
declare module '*.wgsl' {
  const file: import('./op.ts').ShaderFile;
  export default file;
}

declare module 'virtual:shaders' {
  /** A digest of the text of all files. */
  export const digest: string;
}
