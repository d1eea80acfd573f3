import type { Draft } from '../../../../gateway/http-api/contract/policy-drafts.ts'

/** The files of a draft whose text is another one than in what decides now, by digest: who wrote and took it back changed nothing. */
export const changedFiles = (
  files: readonly Pick<Draft['files'][number], 'path' | 'sha256'>[],
  active: Readonly<Record<string, string>> | undefined,
): ReadonlySet<string> =>
  new Set(active === undefined ? [] : files.filter(({ path, sha256 }) => active[path] !== sha256).map(({ path }) => path))
