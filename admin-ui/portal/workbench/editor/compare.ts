import { unifiedMergeView } from '@codemirror/merge'
import type { Extension } from '@codemirror/state'

export interface CompareWords {
  readonly takeBack: string
}

/** The differences to `original` within the text itself. Who may edit can take one back; what is only read folds what is the same. */
export const compareWith = (original: string, editable: boolean, words: CompareWords): Extension =>
  unifiedMergeView({
    original,
    gutter: true,
    syntaxHighlightDeletions: true,
    allowInlineDiffs: false,
    ...(editable ? {} : { collapseUnchanged: { margin: 3, minSize: 6 } }),
    mergeControls: editable
      ? (kind, act) => {
          if (kind === 'accept') return document.createElement('span')
          const button = document.createElement('button')
          button.type = 'button'
          button.textContent = words.takeBack
          button.addEventListener('mousedown', act)
          button.addEventListener('click', (event) => {
            // From the keyboard there is no mousedown before it.
            if (event.detail === 0) act(event)
          })
          return button
        }
      : false,
  })
