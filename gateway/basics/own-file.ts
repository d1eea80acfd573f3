/**
 * The address of one of our own modules, for `new Worker(...)`, `fork(...)` and `spawn(...)`: TypeScript in a clone, the
 * emitted JavaScript in a release.
 *
 * @param importMetaUrl `import.meta.url` of the caller, which tells which of the two it is.
 * @param pathWithoutExtension relative to the caller: `./evaluate-worker-entry`.
 */
export function ownFile(importMetaUrl: string, pathWithoutExtension: string): URL {
  const extension = new URL(importMetaUrl).pathname.endsWith('.ts') ? '.ts' : '.js'
  return new URL(`${pathWithoutExtension}${extension}`, importMetaUrl)
}
