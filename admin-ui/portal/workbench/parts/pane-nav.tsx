import { ActionIcon } from '@mantine/core'
import {
  IconArrowsDiagonal,
  IconArrowsDiagonalMinimize2,
  IconBolt,
  IconGitPullRequest,
  IconHelp,
  IconHistory,
  IconPlayerPlay,
  IconTable,
  IconTestPipe,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useBenchWords } from '../words/bench-words.ts'

export const paneNames = ['checks', 'try', 'matrix', 'replay', 'impact', 'ask', 'submit', 'review'] as const
export type PaneName = (typeof paneNames)[number]

const icons: Readonly<Record<PaneName, ReactNode>> = {
  checks: <IconTestPipe size={20} aria-hidden="true" />,
  try: <IconPlayerPlay size={20} aria-hidden="true" />,
  matrix: <IconTable size={20} aria-hidden="true" />,
  replay: <IconHistory size={20} aria-hidden="true" />,
  impact: <IconBolt size={20} aria-hidden="true" />,
  ask: <IconHelp size={20} aria-hidden="true" />,
  submit: <IconGitPullRequest size={20} aria-hidden="true" />,
  review: <IconGitPullRequest size={20} aria-hidden="true" />,
}

/** Which of these the address names; the first where it names none. */
export const paneOf = (name: string | undefined, offered: readonly PaneName[]): PaneName =>
  offered.find((pane) => pane === name) ?? offered[0] ?? 'checks'

export interface PaneNavProps {
  readonly offered: readonly PaneName[]
  readonly shown: PaneName
  readonly wide: boolean
  readonly onShow: (pane: PaneName) => void
  readonly onWide: (wide: boolean) => void
}

/** What the one pane shows. Its choice stands in the address. */
export const PaneNav = ({ offered, shown, wide, onShow, onWide }: PaneNavProps) => {
  const words = useBenchWords()
  const sizeWord = wide ? words.narrow : words.wide
  return (
    <div className="pane-nav">
      <div className="pane-choices" role="group" aria-label={words.panes.label}>
        {offered.map((pane) => (
          <button key={pane} type="button" className="pane-choice" aria-pressed={pane === shown} onClick={() => onShow(pane)}>
            {icons[pane]}
            {words.panes[pane]}
          </button>
        ))}
      </div>
      <ActionIcon className="pane-size" aria-label={sizeWord} title={sizeWord} onClick={() => onWide(!wide)}>
        {wide ? <IconArrowsDiagonalMinimize2 size={22} aria-hidden="true" /> : <IconArrowsDiagonal size={22} aria-hidden="true" />}
      </ActionIcon>
    </div>
  )
}
