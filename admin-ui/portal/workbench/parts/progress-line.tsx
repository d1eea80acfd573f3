/** How far a long work is: the browser's own sign for it, and the figures. */
export const ProgressLine = ({ done, total, word }: { readonly done: number; readonly total: number; readonly word: string }) => (
  <div className="progress-line">
    <progress max={Math.max(1, total)} value={done} aria-label={word} />
    <span className="numbers">{word}</span>
  </div>
)
