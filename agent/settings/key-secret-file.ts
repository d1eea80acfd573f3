import { isAbsolute, join } from 'node:path'

/** What `service install` calls the credential. */
export const keyCredential = 'sallyport-agent-key'

/** Where systemd gives this service the secret that its key is encrypted with (systemd.exec(5), "Credentials"); null: it gives none at all. */
export function keySecretFile({ CREDENTIALS_DIRECTORY: folder }: NodeJS.ProcessEnv): string | null {
  return folder !== undefined && isAbsolute(folder) ? join(folder, keyCredential) : null
}
