import { indentLess, indentMore } from '@codemirror/commands'
import { Prec, StateEffect, StateField } from '@codemirror/state'
import type { Extension } from '@codemirror/state'
import { EditorView, hoverTooltip, keymap, showTooltip } from '@codemirror/view'
import type { Tooltip } from '@codemirror/view'
import { definitionAt, describeReference } from './describe-reference.ts'
import type { Definition, Description } from './describe-reference.ts'
import type { PolicyKnowledge } from './policy-knowledge.ts'

/** What the editor asks of the page around it. */
export interface EditorActs {
  readonly known: () => PolicyKnowledge
  readonly onSave: () => void
  readonly onDefinition: (place: Definition) => void
  readonly onEvaluate: (expression: string) => void
}

const placeOf = (view: EditorView, at: number) => {
  const line = view.state.doc.lineAt(at)
  return { line: line.text, column: at - line.from, start: line.from, text: view.state.doc.toString() }
}

const describedAt = (view: EditorView, at: number, known: () => PolicyKnowledge): Tooltip | null => {
  const { line, column, start, text } = placeOf(view, at)
  const found = describeReference(known(), line, column, text)
  return found === null ? null : { pos: start + found.from, end: start + found.to, above: true, create: () => ({ dom: bubbleOf(found) }) }
}

const bubbleOf = ({ title, text }: Description): HTMLElement => {
  const bubble = document.createElement('div')
  bubble.className = 'cm-hover-text'
  const code = document.createElement('code')
  code.textContent = title
  bubble.append(code)
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const paragraph = document.createElement('p')
    paragraph.textContent = line
    bubble.append(paragraph)
  }
  return bubble
}

const explain = StateEffect.define<Tooltip | null>()
/** The same text as under the pointer, for whoever has none: it goes with the next step of the cursor. */
const explained = StateField.define<Tooltip | null>({
  create: () => null,
  update(shown, { effects, docChanged, selection }) {
    const told = effects.find((effect) => effect.is(explain))
    if (told?.is(explain) === true) return told.value
    return docChanged || selection !== undefined ? null : shown
  },
  provide: (field) => showTooltip.from(field),
})

/** What is evaluated: the selection, else of a line what a rule demands in it, or the rule that begins there. */
export const expressionOf = (selected: string, line: string): string =>
  selected.trim() === ''
    ? line
        .replace(/#.*$/u, '')
        .replace(/\s+if\s*\{?\s*$/u, '')
        .replace(/^(?!\s).*?\sif\s+(?=\S)/u, '')
        .trim()
    : selected.trim()

const define = (view: EditorView, at: number, { known, onDefinition }: EditorActs): boolean => {
  const { line, column, text } = placeOf(view, at)
  const place = definitionAt(known(), line, column, text)
  if (place === null) return false
  onDefinition(place)
  return true
}

/** Keys and pointer: save, go to definition, explain, evaluate. Tab indents; Escape and then Tab leaves, as CodeMirror has it. */
export const editorCommands = (acts: EditorActs): Extension => [
  explained,
  hoverTooltip((view, at) => describedAt(view, at, acts.known), { hoverTime: 350 }),
  EditorView.domEventHandlers({
    mousedown(event, view) {
      if (!(event.ctrlKey || event.metaKey) || event.button !== 0) return false
      const at = view.posAtCoords({ x: event.clientX, y: event.clientY })
      return at !== null && define(view, at, acts)
    },
  }),
  Prec.high(
    keymap.of([
      { key: 'Mod-s', preventDefault: true, run: () => (acts.onSave(), true) },
      { key: 'F12', preventDefault: true, run: (view) => (define(view, view.state.selection.main.head, acts), true) },
      {
        key: 'Mod-i',
        preventDefault: true,
        run(view) {
          view.dispatch({ effects: explain.of(describedAt(view, view.state.selection.main.head, acts.known)) })
          return true
        },
      },
      {
        key: 'Mod-Enter',
        preventDefault: true,
        run(view) {
          const { main } = view.state.selection
          const selected = view.state.sliceDoc(main.from, main.to)
          const expression = expressionOf(selected, view.state.doc.lineAt(main.head).text)
          if (expression !== '') acts.onEvaluate(expression)
          return true
        },
      },
    ]),
  ),
  keymap.of([{ key: 'Tab', run: indentMore, shift: indentLess }]),
]
