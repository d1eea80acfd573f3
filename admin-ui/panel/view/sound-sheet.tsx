import { IconVolume } from '@tabler/icons-react'
import { Dialog } from '../../look/dialog.tsx'
import { useWords } from '../../words/language.tsx'
import { soundWords } from '../words/sound-words.ts'
import { soundChoices, soundVolumes } from './kept-sound.ts'
import type { PanelSound } from './use-panel-sound.ts'

/** When this screen sounds, how loud, and what it is like. */
export const SoundSheet = ({
  sound,
  opened,
  onClose,
}: {
  readonly sound: PanelSound
  readonly opened: boolean
  readonly onClose: () => void
}) => {
  const words = useWords(soundWords)
  return (
    <Dialog opened={opened} onClose={onClose} title={words.title} closeLabel={words.close} size="lg">
      <div className="dialog-choices">
        <fieldset className="choice">
          <legend>{words.when}</legend>
          <div className="choice-items sound-choices">
            {soundChoices.map((choice) => (
              <label key={choice} className="choice-item">
                <input type="radio" name="sound" checked={sound.kept.choice === choice} onChange={() => sound.keep({ choice })} />
                <span>
                  {words.choices[choice].name} <span className="quiet-text">{words.choices[choice].text}</span>
                </span>
              </label>
            ))}
          </div>
        </fieldset>
        <fieldset className="choice" disabled={sound.kept.choice === 'off'}>
          <legend>{words.volume}</legend>
          <div className="choice-items">
            {soundVolumes.map((volume) => (
              <label key={volume} className="choice-item">
                <input type="radio" name="volume" checked={sound.kept.volume === volume} onChange={() => sound.keep({ volume })} />
                <span>{words.volumes[volume]}</span>
              </label>
            ))}
            <button type="button" className="tool" disabled={sound.kept.choice === 'off'} onClick={sound.sample}>
              <IconVolume size={28} aria-hidden="true" />
              {words.tryIt}
            </button>
          </div>
        </fieldset>
        <p className="quiet-text">
          {words.keptHere}
          {sound.wasBlocked ? ` ${words.blocked}` : null}
        </p>
      </div>
    </Dialog>
  )
}
