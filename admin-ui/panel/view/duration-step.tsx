import { IconMinus, IconPlus } from '@tabler/icons-react'
import { formatDuration } from '../../words/format.ts'
import { sharedWords } from '../../words/shared-words.ts'
import { useWords } from '../../words/language.tsx'
import { panelWords } from '../words/panel-words.ts'

const stops = [5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720].map((minutes) => minutes * 60)

/** The next shorter or longer time that the operator may choose; never more than was asked for. */
const stepDuration = (current: number, asked: number, direction: 'shorter' | 'longer'): number =>
  direction === 'shorter'
    ? (stops.findLast((stop) => stop < current) ?? current)
    : (stops.find((stop) => stop > current && stop < asked) ?? asked)

export const DurationStep = ({
  value,
  asked,
  onChange,
}: {
  readonly value: number
  readonly asked: number
  readonly onChange: (seconds: number) => void
}) => {
  const words = useWords(panelWords)
  const shared = useWords(sharedWords)
  return (
    <div className="duration-step" role="group" aria-label={shared.request.duration}>
      <span className="choice-legend">{shared.request.duration}</span>
      <button
        type="button"
        className="tool"
        aria-label={words.shorter}
        disabled={stepDuration(value, asked, 'shorter') === value}
        onClick={() => onChange(stepDuration(value, asked, 'shorter'))}
      >
        <IconMinus size={28} aria-hidden="true" />
      </button>
      <output className="numbers">{formatDuration(value)}</output>
      <button
        type="button"
        className="tool"
        aria-label={words.longer}
        disabled={value >= asked}
        onClick={() => onChange(stepDuration(value, asked, 'longer'))}
      >
        <IconPlus size={28} aria-hidden="true" />
      </button>
    </div>
  )
}
