import type { PolicyCheck } from '../../policies-admin/check-policy.ts'

/** For people: each step with the compiler's own words below it. */
export const toldSteps = ({ steps, revision }: PolicyCheck): string =>
  [
    ...steps.map(({ ok, name, output }) =>
      `${ok ? 'ok    ' : 'FAILED'} ${name}\n${output === '' ? '' : output.replaceAll(/^/gm, '         ')}`.trimEnd(),
    ),
    `revision ${revision}`,
    '',
  ].join('\n')
