import { Drawer } from '@mantine/core'
import type { ReactNode } from 'react'
import { usePortalWords } from '../words/portal-words.ts'

/** A drawer with an address of its own: closing it goes back to the list. */
export const SideDrawer = ({ opened, title, onClose, children }: { readonly opened: boolean; readonly title: string; readonly onClose: () => void; readonly children: ReactNode }) => {
  const words = usePortalWords()
  return (
    <Drawer opened={opened} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': words.close }}>
      {children}
    </Drawer>
  )
}
