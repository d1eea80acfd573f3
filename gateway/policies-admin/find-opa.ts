import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { CodedError } from '../basics/coded-error.ts'

/** The compiler's version that `policies/compiled` is made with; another one may give other bytes. */
export const opaVersion = '1.22.2'

export interface FindOpaOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Root of the project, whose `.cache` the set-up fills. */
  readonly projectDir: string
  readonly isExecutable?: (path: string) => boolean
}

/**
 * Path of the Rego compiler: `SALLYPORT_OPA`, else `opa` on the PATH, else the project's cache.
 * @throws CodedError `opa_not_found`
 */
export function findOpa(options: FindOpaOptions): string {
  const isExecutable = options.isExecutable ?? canRun
  const named = options.environment['SALLYPORT_OPA']
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return named
    throw notFound(`SALLYPORT_OPA names ${named}, which is not a program that can be run. Correct it or unset it.`)
  }
  const onPath = (options.environment['PATH'] ?? '')
    .split(delimiter)
    .filter((dir) => dir !== '')
    .map((dir) => join(dir, 'opa'))
  const found = [...onPath, join(options.projectDir, '.cache', 'opa', opaVersion, 'opa')].find(isExecutable)
  if (found === undefined) {
    throw notFound(`The Rego compiler opa ${opaVersion} was not found. Put it on the PATH or name it in SALLYPORT_OPA.`)
  }
  return found
}

function notFound(message: string): CodedError {
  return new CodedError({ code: 'opa_not_found', message, remedy: 'fix' })
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
