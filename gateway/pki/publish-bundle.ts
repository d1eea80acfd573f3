import { rename, writeFile } from 'node:fs/promises'

/** Writes the certificates that agents pin. Whoever reads the file meanwhile reads a whole one: agents look at it with each dial, and a storm of them while we start. */
export async function publishBundle(file: string, bundlePem: string): Promise<void> {
  await writeFile(`${file}.new`, bundlePem)
  await rename(`${file}.new`, file)
}
