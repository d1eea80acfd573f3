declare const kind: unique symbol

/** A compiled `WebAssembly.Module`: can be posted to worker threads. (TypeScript knows the global only with the DOM's types.) */
export interface WasmModule {
  readonly [kind]: 'WebAssembly.Module'
}

interface WithWebAssembly {
  readonly WebAssembly: { compile(bytes: Uint8Array): Promise<WasmModule> }
}

/** @throws WebAssembly.CompileError for bytes that are no Wasm */
export const compileWasm = (bytes: Uint8Array): Promise<WasmModule> => (globalThis as unknown as WithWebAssembly).WebAssembly.compile(bytes)
