import { useEffect } from 'react'
import type { ReactNode } from 'react'

/** One page: its heading is also the title of the tab. */
export const Page = ({
  title,
  actions,
  above,
  children,
}: {
  readonly title: string
  readonly actions?: ReactNode
  readonly above?: ReactNode
  readonly children: ReactNode
}) => {
  useEffect(() => {
    document.title = `${title} – Sallyport`
  }, [title])
  return (
    <>
      {above}
      <div className="page-head">
        <h1>{title}</h1>
        {actions}
      </div>
      {children}
    </>
  )
}
