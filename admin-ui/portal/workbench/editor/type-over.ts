import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'

/**
 * Typing over a selection, done by us: Chromium would keep the look of what it takes away by a `style` of its own, which our content
 * security policy stops and reports.
 */
export const typeOver: Extension = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { main, ranges } = view.state.selection
    const { data: text } = event
    if (event.inputType !== 'insertText' || text === null || main.empty || ranges.length > 1) return false
    if (event.isComposing || view.composing || view.state.readOnly) return false
    event.preventDefault()
    const typed = () => view.state.update(view.state.replaceSelection(text), { userEvent: 'input.type', scrollIntoView: true })
    const handled = view.state.facet(EditorView.inputHandler).some((handle) => handle(view, main.from, main.to, text, typed))
    if (!handled) view.dispatch(typed())
    return true
  },
})
