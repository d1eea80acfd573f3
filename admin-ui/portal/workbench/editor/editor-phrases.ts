import { EditorState } from '@codemirror/state'
import type { Extension } from '@codemirror/state'
import type { Language } from '../../../words/language.tsx'

/** What CodeMirror itself says, in German. */
const german: Readonly<Record<string, string>> = {
  'Control character': 'Steuerzeichen',
  'Selection deleted': 'Auswahl gelöscht',
  'Folded lines': 'Eingeklappte Zeilen',
  'Unfolded lines': 'Ausgeklappte Zeilen',
  to: 'bis',
  'folded code': 'eingeklappter Text',
  unfold: 'ausklappen',
  'Fold line': 'Zeile einklappen',
  'Unfold line': 'Zeile ausklappen',
  'Go to line': 'Gehe zu Zeile',
  go: 'Los',
  Find: 'Suchen',
  Replace: 'Ersetzen',
  next: 'nächstes',
  previous: 'voriges',
  all: 'alle',
  'match case': 'Groß/klein',
  'by word': 'ganze Wörter',
  regexp: 'Regulärer Ausdruck',
  replace: 'ersetzen',
  'replace all': 'alle ersetzen',
  close: 'schließen',
  'current match': 'jetziger Treffer',
  'replaced $ matches': '$ Treffer ersetzt',
  'replaced match on line $': 'Treffer in Zeile $ ersetzt',
  'on line': 'in Zeile',
  Completions: 'Vorschläge',
  Diagnostics: 'Meldungen',
  'No diagnostics': 'Keine Meldungen',
  '$ unchanged lines': '$ gleiche Zeilen',
}

export const editorPhrases = (language: Language): Extension => (language === 'de' ? EditorState.phrases.of(german) : [])
