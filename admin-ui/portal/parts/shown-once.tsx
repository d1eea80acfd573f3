import { Alert } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { CopyText } from './copy-text.tsx'

/** A secret that is shown now and never again: what it is for, the text, and a button that copies it. */
export const ShownOnce = ({
  title,
  text,
  secret,
  copyLabel,
  children,
}: {
  readonly title: string
  readonly text: string
  readonly secret: string
  readonly copyLabel: string
  readonly children?: ReactNode
}) => (
  <Alert color="primary" variant="outline" title={title} icon={<IconKey aria-hidden="true" />} role="status">
    <p>{text}</p>
    <p className="secret mono">{secret}</p>
    <div className="row">
      <CopyText text={secret} label={copyLabel} />
      {children}
    </div>
  </Alert>
)
