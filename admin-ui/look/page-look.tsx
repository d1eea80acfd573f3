import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { useMemo } from 'react'
import type { MantineThemeOverride } from '@mantine/core'
import type { ReactNode } from 'react'
import { cssVariablesResolver, makeTheme } from './theme.ts'

const colourSchemes = localStorageColorSchemeManager({ key: 'sallyport.theme' })

/** The server writes a fresh nonce into the page with each response; styles that Mantine makes at run time carry it. */
const styleNonce = (): string => document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? ''

export interface PageLookProps {
  readonly kind: 'portal' | 'panel'
  readonly components?: MantineThemeOverride['components']
  readonly children: ReactNode
}

export const PageLook = ({ kind, components, children }: PageLookProps) => {
  const theme = useMemo(() => makeTheme(kind, components), [kind, components])
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      getStyleNonce={styleNonce}
      defaultColorScheme="auto"
      colorSchemeManager={colourSchemes}
    >
      {children}
    </MantineProvider>
  )
}
