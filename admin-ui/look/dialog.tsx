import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'

export interface DialogProps {
  readonly opened: boolean
  readonly title: string
  readonly closeLabel: string
  readonly onClose: () => void
  readonly size?: string
  readonly children: ReactNode
}

/**
 * A question in front of the page. Mantine's own head would be a second banner of the document, and its lock of scrolling a style
 * without nonce: `base.css` locks instead.
 */
export const Dialog = ({ opened, title, closeLabel, onClose, size = 'md', children }: DialogProps) => (
  <Modal.Root opened={opened} onClose={onClose} size={size} lockScroll={false}>
    <Modal.Overlay />
    <Modal.Content>
      <div className="dialog-head">
        <Modal.Title>{title}</Modal.Title>
        <Modal.CloseButton aria-label={closeLabel} />
      </div>
      <Modal.Body>{children}</Modal.Body>
    </Modal.Content>
  </Modal.Root>
)
