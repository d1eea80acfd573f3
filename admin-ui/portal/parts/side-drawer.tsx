import { Drawer } from '@mantine/core'
import type { ReactNode } from 'react'
import { usePortalWords } from '../words/portal-words.ts'

/** A drawer with an address of its own: closing it goes back to the list. Built like `look/dialog.tsx`, for the same reasons. */
export const SideDrawer = ({
  opened,
  title,
  onClose,
  children,
}: {
  readonly opened: boolean
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
}) => {
  const words = usePortalWords()
  return (
    <Drawer.Root opened={opened} onClose={onClose} position="right" size={560} lockScroll={false}>
      <Drawer.Overlay backgroundOpacity={0.5} />
      <Drawer.Content>
        <div className="dialog-head">
          <Drawer.Title>{title}</Drawer.Title>
          <Drawer.CloseButton aria-label={words.close} />
        </div>
        <Drawer.Body>{children}</Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  )
}
