import { useMantineColorScheme } from '@mantine/core'
import { IconMoon, IconSun, IconSunMoon, IconVolume, IconVolume2, IconVolumeOff } from '@tabler/icons-react'
import { useState } from 'react'
import { sharedWords } from '../../words/shared-words.ts'
import { languageNames, languages, useLanguage, useWords } from '../../words/language.tsx'
import { panelWords } from '../words/panel-words.ts'
import { SoundSheet } from './sound-sheet.tsx'
import type { PanelSound } from './use-panel-sound.ts'

const schemes = ['auto', 'light', 'dark'] as const
const schemeIcons = { auto: IconSunMoon, light: IconSun, dark: IconMoon } as const

/** Sound, which opens its sheet, theme and language, which step to the next choice. Without `sound` there is no button for it. */
export const PanelMenu = ({ sound }: { readonly sound?: PanelSound }) => {
  const words = useWords(panelWords)
  const shared = useWords(sharedWords)
  const [sheet, setSheet] = useState(false)
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
          // The touch that unblocks the sound does no more.
          onClick={() => (sound.state === 'blocked' ? undefined : setSheet(true))}
        >
          <SoundIcon state={sound.state} />
          {sound.state === 'blocked' ? words.soundBlocked : null}
        </button>
      )}
      {sound === undefined ? null : <SoundSheet sound={sound} opened={sheet} onClose={() => setSheet(false)} />}
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
