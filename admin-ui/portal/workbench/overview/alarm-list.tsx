import { Alert } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { PolicyStatus } from '../../../../gateway/http-api/contract/policy-activation.ts'
import { ExactTime } from '../../../look/exact-time.tsx'
import { useLanguage } from '../../../words/language.tsx'
import { usePolicyWords } from '../words/policy-words.ts'

/** Alarms for which another policy decides than the one that they are about, as long as any decides. */
const ofOnePolicy: ReadonlySet<string> = new Set([
  'policy_corrupt',
  'policy_unsigned',
  'policy_older',
  'policy_oversized',
  'policy_not_loadable',
])

/** What is wrong with the policy itself: never shown as old news, never hidden behind a tab. */
export const AlarmList = ({ status: { active, alarms, compiler } }: { readonly status: PolicyStatus }) => {
  const words = usePolicyWords()
  const { language } = useLanguage()
  return (
    <div className="alarms">
      {alarms.map(({ code, message, since_ms }) => (
        <Alert key={code} role="alert" color="danger" variant="outline" icon={<IconAlertTriangle aria-hidden="true" />}>
          <strong>{words.alarmTexts[code] ?? message}</strong> {active !== null && ofOnePolicy.has(code) ? `${words.lastGood} ` : null}
          <span className="quiet">
            <ExactTime at={since_ms} />
          </span>
          {language === 'en' && words.alarmTexts[code] !== undefined ? <div>{message}</div> : null}
        </Alert>
      ))}
      {compiler === null ? (
        <Alert color="wait" variant="outline" icon={<IconAlertTriangle aria-hidden="true" />}>
          {words.noCompiler}
        </Alert>
      ) : null}
    </div>
  )
}
