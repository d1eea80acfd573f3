import { Button } from '@mantine/core'
import { Link } from 'wouter'
import type { DenialReason } from '../../../gateway/decisions/policy-reasons.ts'
import { useTick } from '../../look/use-tick.ts'
import { formatList, formatRelative } from '../../words/format.ts'
import { useLanguage, useWords } from '../../words/language.tsx'
import { currentAddress, signInAgainAddress } from '../parts/go.ts'
import { useMe } from '../parts/me-context.tsx'
import { denialWords } from '../words/denial-words.ts'
import { grantWords } from '../words/grant-words.ts'

/** What whoever is denied does about it himself: each leads there, and back to where he is. */
export const OwnAct = ({ act }: { readonly act: NonNullable<DenialReason['act']> }) => {
  const words = useWords(grantWords)
  if (act === 'sign_in_again') return <SignInAgain />
  const href = `/undertaking?return_to=${encodeURIComponent(currentAddress())}`
  return (
    <Button component={Link} href={href} variant="outline" className="ask-for-it">
      {words.sign}
    </Button>
  )
}

/** How he is signed in now stands beside it: who comes back with the same as before sees why it did not help. */
const SignInAgain = () => {
  const words = useWords(denialWords)
  const { language } = useLanguage()
  const now = useTick(20_000)
  const { methods, time } = useMe().authentication
  const named = methods.map((method) => words.methods[method] ?? method)
  const how = named.length === 0 ? words.noMethod : formatList(language, named)
  return (
    <span className="ask-for-it">
      <span className="quiet">{words.signedIn(formatRelative(language, time * 1000, now), how)}</span>
      <Button component="a" href={signInAgainAddress(currentAddress())} variant="outline">
        {words.signAgain}
      </Button>
    </span>
  )
}
