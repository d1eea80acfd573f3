import { Button, CloseButton, createTheme, defaultVariantColorsResolver, ModalRoot, TextInput } from '@mantine/core'
import type { CSSVariablesResolver, MantineColorsTuple, MantineThemeOverride, VariantColorsResolver } from '@mantine/core'
import { tones, tokens, tokenVariables } from './tokens.ts'
import type { Tone } from './tokens.ts'

/** Index 6 is the light theme's colour, 8 the dark theme's (`primaryShade`). */
const toneColours = (tone: Tone): MantineColorsTuple => {
  const { [tone]: light } = tokens.light
  const { [tone]: dark } = tokens.dark
  return [light, light, light, light, light, light, light, dark, dark, dark]
}

const gray: MantineColorsTuple = [
  '#F5F7FA',
  '#EEF1F5',
  '#E3E8EE',
  '#D9DFE6',
  '#8A94A1',
  '#76818F',
  '#55606E',
  '#434D5A',
  '#2A3440',
  '#17202B',
]
const dark: MantineColorsTuple = [
  '#E8EDF3',
  '#C9D1DA',
  '#A7B2BF',
  '#8490A0',
  '#76818F',
  '#232C37',
  '#18202A',
  '#10151C',
  '#0B0F15',
  '#070A0E',
]

const isTone = (name: string | undefined): name is Tone => tones.some((tone) => tone === name)

const underPointer = (base: string): string => `color-mix(in srgb, ${base} 88%, var(--sp-ink))`

/** Buttons take their colours from the tokens, so that a change of theme needs no second computation. */
const variantColorResolver: VariantColorsResolver = (input) => {
  const name = input.color ?? input.theme.primaryColor
  if (!isTone(name)) return defaultVariantColorsResolver(input)
  const base = `var(--sp-${name})`
  const tint = (percent: number): string => `color-mix(in srgb, ${base} ${percent}%, var(--sp-surface))`
  switch (input.variant) {
    case 'filled':
      return {
        background: base,
        hover: underPointer(base),
        color: 'var(--sp-on-strong)',
        border: '1px solid transparent',
      }
    case 'light':
      return { background: tint(8), hover: tint(14), color: base, border: '1px solid transparent' }
    case 'outline':
      return { background: 'var(--sp-surface)', hover: tint(8), color: base, border: `1px solid ${base}` }
    case 'subtle':
    case 'transparent':
      return { background: 'transparent', hover: tint(8), color: base, border: '1px solid transparent' }
    default:
      return defaultVariantColorsResolver(input)
  }
}

export const cssVariablesResolver: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-text': 'var(--sp-ink)',
    '--mantine-color-body': 'var(--sp-surface)',
    '--mantine-color-dimmed': 'var(--sp-muted)',
    '--mantine-color-placeholder': 'var(--sp-muted)',
    '--mantine-color-error': 'var(--sp-danger)',
    '--mantine-color-anchor': 'var(--sp-primary)',
    '--mantine-color-default-border': 'var(--sp-line)',
    '--mantine-color-bright': 'var(--sp-ink)',
    // Buttons for which no colour is named take it from here under the pointer.
    '--mantine-primary-color-filled-hover': underPointer('var(--sp-primary)'),
  }
  return { variables: {}, light: { ...tokenVariables('light'), ...shared }, dark: { ...tokenVariables('dark'), ...shared } }
}

const readable = { root: { '--button-fz': 'var(--mantine-font-size-md)' } }

/** `components` are the defaults of what only one program uses, so that the other does not carry it. `scale` 1.25 makes every size of the panel a quarter larger: text 20 px, controls above 60 px. */
export const makeTheme = (kind: 'portal' | 'panel', components: MantineThemeOverride['components'] = {}): MantineThemeOverride =>
  createTheme({
    scale: kind === 'panel' ? 1.25 : 1,
    fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
    fontFamilyMonospace: 'ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", Consolas, monospace',
    // Nothing on the panel is smaller than its body text.
    fontSizes:
      kind === 'panel'
        ? { xs: '1.25rem', sm: '1.25rem', md: '1.25rem', lg: '1.5rem', xl: '1.875rem' }
        : { xs: '0.875rem', sm: '0.9375rem', md: '1rem', lg: '1.125rem', xl: '1.375rem' },
    primaryColor: 'primary',
    primaryShade: { light: 6, dark: 8 },
    autoContrast: true,
    defaultRadius: 6,
    respectReducedMotion: true,
    cursorType: 'pointer',
    shadows: {
      xs: 'none',
      sm: '0 2px 10px rgb(0 0 0 / 12%)',
      md: '0 2px 10px rgb(0 0 0 / 12%)',
      lg: '0 2px 10px rgb(0 0 0 / 12%)',
      xl: '0 2px 10px rgb(0 0 0 / 12%)',
    },
    colors: { gray, dark, ...Object.fromEntries(tones.map((tone) => [tone, toneColours(tone)])) },
    variantColorResolver,
    components: {
      Button: Button.extend({ defaultProps: { size: 'lg' }, vars: () => readable }),
      CloseButton: CloseButton.extend({ defaultProps: { size: 44 } }),
      TextInput: TextInput.extend({ defaultProps: { size: 'lg' } }),
      ModalRoot: ModalRoot.extend({ defaultProps: { centered: true, transitionProps: { duration: 120 } } }),
      ...components,
    },
  })
