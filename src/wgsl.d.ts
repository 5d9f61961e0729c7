/** A kernel's source, inlined as a string by the build (see scripts/wgsl-plugin.ts). */
declare module '*.wgsl' {
  const source: string;
  export default source;
}
