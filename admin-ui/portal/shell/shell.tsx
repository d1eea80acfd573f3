import { useEffect, useRef } from 'react'
import type { ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import type { Me } from '../../../gateway/http-api/contract/me.ts'
import { GateMark } from '../../look/gate-mark.tsx'
import { usePortalWords } from '../words/portal-words.ts'
import { AccountMenu } from './account-menu.tsx'
import { LookMenu } from './look-menu.tsx'
import { MainNav } from './main-nav.tsx'
import { PolicyAlarm } from './policy-alarm.tsx'

/** Lists with a drawer are one page, whichever row is open. */
const pageOf = (path: string): string => {
  const [first = ''] = path.split('/').slice(1)
  return first === 'machines' || first === 'sessions' ? path : first
}

/** What stands around every page. After a change of page the focus is on its content, as after a page load. */
export const Shell = ({ me, lost, children }: { readonly me: Me | null; readonly lost: boolean; readonly children: ReactNode }) => {
  const words = usePortalWords()
  const [path] = useLocation()
  const main = useRef<HTMLElement>(null)
  const page = pageOf(path)
  const shown = useRef(page)
  useEffect(() => {
    if (shown.current === page) return
    shown.current = page
    window.scrollTo(0, 0)
    main.current?.focus()
  }, [page])
  return (
    <div className="portal">
      <a className="skip" href="#content">
        {words.skip}
      </a>
      <header>
        {me?.demo === true ? (
          <div className="demo-ribbon" role="note">
            <span>{words.demoRibbon}</span> <Link href="/walk-through">{words.nav.walkThrough}</Link>
          </div>
        ) : null}
        <div className="top">
          <Link href="/" className="brand">
            <GateMark open={false} size={32} />
            <span>Sallyport</span>
          </Link>
          {me === null ? <span className="grow" /> : <MainNav me={me} path={path} />}
          {me === null ? <LookMenu /> : <AccountMenu me={me} />}
        </div>
      </header>
      {me === null ? null : (
        <div role="status">
          <PolicyAlarm me={me} path={path} />
        </div>
      )}
      {/* Always there, so that a screen reader hears when its text comes. */}
      <div role="status" className={lost ? 'events-lost' : 'visually-hidden'}>
        {lost ? words.eventsLost : null}
      </div>
      <main id="content" ref={main} tabIndex={-1} className="content">
        {children}
      </main>
    </div>
  )
}
