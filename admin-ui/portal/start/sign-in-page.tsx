import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { GateMark } from '../../look/gate-mark.tsx'
import { useApi } from '../api/api-context.tsx'
import { currentAddress, signInAddress } from '../parts/go.ts'
import { Page } from '../parts/page.tsx'
import { usePortalWords } from '../words/portal-words.ts'

/** Nobody is signed in: one sentence and one action. */
export const SignInPage = () => {
  const { signIn } = usePortalWords()
  const api = useApi()
  // 404 outside of the demo: then there is simply nothing more to say.
  const demo = useQuery({ queryKey: ['demo'], queryFn: () => api.demo(), retry: false })
  return (
    <div className="column">
      <GateMark open={false} size={64} />
      <Page title={signIn.title}>
        <p className="lead">{signIn.text}</p>
        <Button component="a" href={signInAddress(currentAddress())}>
          {signIn.button}
        </Button>
        {demo.data === undefined ? null : (
          <p>
            {signIn.walkThrough} <Link href="/walk-through">{signIn.openWalkThrough}</Link>
          </p>
        )}
      </Page>
    </div>
  )
}
