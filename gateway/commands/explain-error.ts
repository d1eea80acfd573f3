type SystemError = NodeJS.ErrnoException & { readonly address?: string; readonly port?: number }

const placeOf = ({ address = '', port }: SystemError): string =>
  port === undefined ? address : `${address.includes(':') ? `[${address}]` : address}:${port}`

const sentences: Readonly<Record<string, (error: SystemError) => string>> = {
  EADDRINUSE: (error) => `${placeOf(error)} is used by another program. End that one, or choose another port in the settings.`,
  EADDRNOTAVAIL: (error) => `${placeOf(error)} is no address of this computer. Choose another host in the settings.`,
  EACCES: (error) =>
    error.syscall === 'listen'
      ? `${placeOf(error)} may not be listened on by this user. Choose a port from 1024 on, or give the program the right to it.`
      : `${error.path} may not be used by this user (${error.syscall}). Give it to the user that runs this program.`,
  ENOENT: (error) => `${error.path} is not there.`,
  ENOTDIR: (error) => `${error.path} leads through a file that is no folder.`,
  EISDIR: (error) => `${error.path ?? 'What should be a file'} is a folder.`,
  EEXIST: (error) => `${error.path} is there already.`,
  ENOSPC: () => 'There is no space left on the disk.',
  EROFS: (error) => `${error.path} is on a file system that is read-only.`,
}

/** A sentence for what the system refused, which is not a mistake of ours; undefined for anything else. */
export function explainError(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined
  return sentences[String(error.code)]?.(error as SystemError)
}
