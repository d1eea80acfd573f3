/** The only colours of the product. Every text pair passes WCAG 2.2 AA on both surfaces of its theme. */
export const tokens = {
  light: {
    ink: '#17202B',
    muted: '#55606E',
    line: '#8A94A1',
    hairline: '#D9DFE6',
    primary: '#0B5CAD',
    live: '#B83A06',
    wait: '#8A5A00',
    ok: '#12703F',
    danger: '#B3261E',
    surface: '#FFFFFF',
    'surface-2': '#F5F7FA',
    'on-strong': '#FFFFFF',
  },
  dark: {
    ink: '#E8EDF3',
    muted: '#A7B2BF',
    line: '#76818F',
    hairline: '#2C3642',
    primary: '#7DB8F2',
    live: '#FF9A5C',
    wait: '#F0BE56',
    ok: '#5FCB94',
    danger: '#FF8A80',
    surface: '#10151C',
    'surface-2': '#18202A',
    'on-strong': '#10151C',
  },
} as const

/** Colours that mean something: a component takes one of these and nothing else. */
export type Tone = 'primary' | 'live' | 'wait' | 'ok' | 'danger' | 'muted'

export const tones: readonly Tone[] = ['primary', 'live', 'wait', 'ok', 'danger', 'muted']

export const toneVar = (tone: Tone): string => `var(--sp-${tone})`

/** The tokens of one theme as CSS variables: `--sp-ink`, `--sp-live`, ... */
export const tokenVariables = (theme: 'light' | 'dark'): Record<string, string> =>
  Object.fromEntries(Object.entries(tokens[theme]).map(([name, value]) => [`--sp-${name}`, value]))
