import { Fragment } from 'react'
import type { ReactNode } from 'react'

/** A long path or name may go on in the next line behind a step, not within a word. */
export const breakable = (path: string): ReactNode =>
  path.split(/(?<=[/_])/u).map((step, index) => (
    // The steps of a path never change their order. oxlint-disable-next-line react/no-array-index-key
    <Fragment key={index}>
      {step}
      <wbr />
    </Fragment>
  ))
