import { useMantineColorScheme } from '@mantine/core'
import { IconMoon, IconSun, IconSunMoon, IconVolume, IconVolume2, IconVolumeOff } from '@tabler/icons-react'
import { sharedWords } from '../../words/shared-words.ts'
import { languageNames, languages, useLanguage, useWords } from '../../words/language.tsx'
import { panelWords } from '../words/panel-words.ts'
import type { PanelSound } from './use-panel-sound.ts'

const schemes = ['auto', 'light', 'dark'] as const
const schemeIcons = { auto: IconSunMoon, light: IconSun, dark: IconMoon } as const

/** Sound, language and theme: three buttons, each steps to its next choice. Without `sound` there is no button for it. */
export const PanelMenu = ({ sound }: { readonly sound?: PanelSound }) => {
  const words = useWords(panelWords)
  const shared = useWords(sharedWords)
  const { language, choose } = useLanguage()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const nextLanguage = languages.find((other) => other !== language) ?? language
  const nextScheme = schemes[(schemes.indexOf(colorScheme) + 1) % schemes.length] ?? 'auto'
  const SchemeIcon = schemeIcons[colorScheme]
  return (
    <div className="panel-menu">
      {sound === undefined ? null : (
        <button
          type="button"
          className="tool"
          aria-label={
            { on: words.soundOn, requests: words.soundForRequests, off: words.soundOff, blocked: words.soundBlocked }[sound.state]
          }
          onClick={sound.toggle}
        >
          <SoundIcon state={sound.state} />
          {sound.state === 'blocked' ? words.soundBlocked : null}
        </button>
      )}
      <button
        type="button"
        className="tool"
        aria-label={`${shared.theme}: ${shared.themes[colorScheme]}`}
        onClick={() => setColorScheme(nextScheme)}
      >
        <SchemeIcon size={30} aria-hidden="true" />
      </button>
      <button type="button" className="tool" lang={nextLanguage} onClick={() => choose(nextLanguage)}>
        {languageNames[nextLanguage]}
      </button>
    </div>
  )
}

const SoundIcon = ({ state }: Pick<PanelSound, 'state'>) => {
  const Icon = { on: IconVolume, requests: IconVolume2, off: IconVolumeOff, blocked: IconVolumeOff }[state]
  return <Icon size={30} aria-hidden="true" />
}
