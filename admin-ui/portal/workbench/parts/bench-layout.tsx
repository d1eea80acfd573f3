import type { ReactNode } from 'react'
import { useBenchWords } from '../words/bench-words.ts'

export type BenchPart = 'files' | 'text' | 'pane'
const parts: readonly BenchPart[] = ['files', 'text', 'pane']

export interface BenchLayoutProps {
  /** What a narrow window shows; a wide one shows all three. */
  readonly part: BenchPart
  readonly onPart: (part: BenchPart) => void
  /** The pane takes the place of the text. */
  readonly wide: boolean
  readonly files: ReactNode
  readonly text: ReactNode
  readonly pane: ReactNode
}

/** Tree, text and one pane; in a narrow window one of them at a time. */
export const BenchLayout = ({ part, onPart, wide, files, text, pane }: BenchLayoutProps) => {
  const words = useBenchWords()
  const names: Record<BenchPart, string> = { files: words.files, text: words.editor, pane: words.pane }
  return (
    <div className="bench" data-part={part} data-wide={wide}>
      <div className="bench-parts" role="group" aria-label={words.parts}>
        {parts.map((one) => (
          <button key={one} type="button" className="bench-part-button" aria-pressed={part === one} onClick={() => onPart(one)}>
            {names[one]}
          </button>
        ))}
      </div>
      <section className="bench-files" aria-label={words.files}>
        <h2 className="visually-hidden">{words.files}</h2>
        {files}
      </section>
      <section className="bench-text" aria-label={words.editor}>
        {text}
      </section>
      <section className="bench-pane" aria-label={words.pane}>
        <h2 className="visually-hidden">{words.pane}</h2>
        {pane}
      </section>
    </div>
  )
}
