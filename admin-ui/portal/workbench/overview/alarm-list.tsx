import { Alert } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { PolicyStatus } from '../../../../gateway/http-api/contract/policy-activation.ts'
import { ExactTime } from '../../../look/exact-time.tsx'
import { useLanguage } from '../../../words/language.tsx'
import { usePolicyWords } from '../words/policy-words.ts'

/** What is wrong with the policy itself: never shown as old news, never hidden behind a tab. */
export const AlarmList = ({ status: { alarms, compiler } }: { readonly status: PolicyStatus }) => {
  const words = usePolicyWords()
  const { language } = useLanguage()
  return (
    <div className="alarms">
      {alarms.map(({ code, message, since_ms }) => (
        <Alert key={code} role="alert" color="danger" variant="outline" icon={<IconAlertTriangle aria-hidden="true" />}>
          <strong>{words.alarmTexts[code] ?? message}</strong>{' '}
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
