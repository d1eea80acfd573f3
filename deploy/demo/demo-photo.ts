import { readFile } from 'node:fs/promises'

/** A drawn portrait for a demo account: a JPEG that lies beside this file, or null. */
export async function demoPhoto(username: string): Promise<Buffer | null> {
  return readFile(new URL(`photos/${username}.jpg`, import.meta.url)).catch(() => null)
}
