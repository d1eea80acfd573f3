import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useLocation } from 'wouter'
import { GateMark } from '../../look/gate-mark.tsx'
import { useApi } from '../api/api-context.tsx'
import { currentAddress, signInAddress } from '../parts/go.ts'
import { Page } from '../parts/page.tsx'
import { usePortalWords } from '../words/portal-words.ts'

/** Addresses that nobody wants to come back to after signing in. */
const passing = ['/signed-out', '/sign-in-failed']

/** Nobody is signed in: what happened, one sentence, one action. */
export const SignInPage = () => {
  const { signIn } = usePortalWords()
  const [path] = useLocation()
  const api = useApi()
  // 404 outside of the demo: then there is simply nothing more to say.
  const demo = useQuery({ queryKey: ['demo'], queryFn: () => api.demo(), retry: false })
  const { title, text, button } = useSituation(path)
  return (
    <div className="column">
      <GateMark open={false} size={64} />
      <Page title={title}>
        <p className="lead">{text}</p>
        <Button component="a" href={signInAddress(passing.includes(path) ? '/' : currentAddress())}>
          {button}
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

const useSituation = (path: string): { readonly title: string; readonly text: string; readonly button: string } => {
  const { signIn } = usePortalWords()
  if (path === '/signed-out') return { ...signIn.signedOut, button: signIn.button }
  if (path !== '/sign-in-failed') return signIn
  const code = new URLSearchParams(location.search).get('code') ?? ''
  return { title: signIn.failed.title, text: signIn.failed.reasons[code] ?? signIn.failed.text, button: signIn.failed.button }
}
