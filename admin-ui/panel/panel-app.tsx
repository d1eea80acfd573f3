import { useCallback, useEffect, useState } from 'react'
import { pairPanel } from './api/panel-client.ts'
import { PanelProblemError } from './api/panel-problem-error.ts'
import { PanelScreen } from './panel-screen.tsx'
import { StripScreen } from './strip-screen.tsx'
import { PairPage } from './view/pair-page.tsx'
import { StripLanguage } from './view/strip-language.tsx'
import { useWords } from '../words/language.tsx'
import { panelWords } from './words/panel-words.ts'

/** Kept in this origin alone: cookies do not separate ports, so the machine's own pages would receive one. */
const storageKey = 'sallyport.panel.secret'

/** Takes the code out of the address, so that it stays in no history and on no screen. */
const takeCode = (): string | null => {
  const code = new URLSearchParams(location.hash.slice(1)).get('pair')
  if (code !== null) history.replaceState(null, '', location.pathname)
  return code
}

/** A secret is never typed into a frame of another page. */
const StripNotPaired = () => {
  const words = useWords(panelWords)
  return (
    <main className="strip">
      <span className="strip-who">{words.stripNotPaired}</span>
      <StripLanguage />
    </main>
  )
}

export const PanelApp = () => {
  const [code] = useState(takeCode)
  const [secret, setSecret] = useState(() => localStorage.getItem(storageKey))
  const [pairing, setPairing] = useState(code !== null)
  const [failed, setFailed] = useState<PanelProblemError['code'] | null>(null)
  const keep = useCallback((fresh: string) => {
    localStorage.setItem(storageKey, fresh)
    setSecret(fresh)
  }, [])
  useEffect(() => {
    if (code === null) return
    pairPanel(code)
      .then(keep)
      .catch((error: unknown) => setFailed(error instanceof PanelProblemError ? error.code : 'internal'))
      .finally(() => setPairing(false))
  }, [code, keep])
  const onNotPaired = useCallback(() => {
    localStorage.removeItem(storageKey)
    setSecret(null)
    setFailed('not_paired')
  }, [])
  const isStrip = location.pathname === '/strip'
  const Screen = isStrip ? StripScreen : PanelScreen
  if (isStrip && secret === null) return <StripNotPaired />
  if (pairing) return <main className="panel-column" aria-busy="true" />
  return secret === null ? <PairPage failed={failed} onPaired={keep} /> : <Screen key={secret} secret={secret} onNotPaired={onNotPaired} />
}
