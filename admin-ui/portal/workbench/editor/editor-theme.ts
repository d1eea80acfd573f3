import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

const mix = (tone: string, percent: number): string => `color-mix(in srgb, var(--sp-${tone}) ${percent}%, var(--sp-surface))`
/** In place of the package's own pictures, which have colours of their own. */
const marker = (name: string, sign: string, tone: string) => ({
  [`.cm-lint-marker-${name}`]: { content: 'normal', width: 'auto', height: 'auto' },
  [`.cm-lint-marker-${name}:before`]: { content: `"${sign}"`, color: `var(--sp-${tone})`, fontWeight: '700', fontSize: '0.8em' },
})
const underline = (tone: string) => ({
  backgroundImage: 'none',
  textDecoration: `underline wavy var(--sp-${tone}) 1.5px`,
  textUnderlineOffset: '3px',
})
const mergeButton = {
  font: 'inherit',
  minHeight: '28px',
  padding: '2px 10px',
  margin: '4px',
  borderRadius: '6px',
  border: '1px solid currentColor',
  background: 'var(--sp-surface)',
  color: 'var(--sp-primary)',
  cursor: 'pointer',
}

/** Both themes at once: every colour is a token of the look, which changes with the page's theme. */
const looks = EditorView.theme({
  '&': { height: '100%', fontSize: '0.9375rem', color: 'var(--sp-ink)', backgroundColor: 'var(--sp-surface)' },
  '&.cm-focused': { outline: '3px solid var(--sp-primary)', outlineOffset: '-3px' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.55', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--sp-ink)', padding: '8px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--sp-ink)', borderLeftWidth: '2px' },
  '.cm-gutters': { backgroundColor: 'var(--sp-surface-2)', color: 'var(--sp-muted)', borderRight: '1px solid var(--sp-hairline)' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--sp-primary) 5%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: mix('primary', 10), color: 'var(--sp-ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: `${mix('primary', 22)} !important`,
  },
  '.cm-selectionMatch': { backgroundColor: mix('wait', 16) },
  '.cm-searchMatch': { backgroundColor: mix('wait', 20), outline: '1px solid var(--sp-wait)' },
  '.cm-searchMatch-selected': { backgroundColor: mix('primary', 24) },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: mix('primary', 18), outline: '1px solid var(--sp-primary)' },
  '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: mix('danger', 18) },
  '.cm-tooltip': {
    backgroundColor: 'var(--sp-surface)',
    color: 'var(--sp-ink)',
    border: '1px solid var(--sp-line)',
    borderRadius: '6px',
    boxShadow: '0 2px 10px rgb(0 0 0 / 12%)',
    maxWidth: 'min(38rem, 90vw)',
  },
  '.cm-tooltip-autocomplete > ul > li': { padding: '4px 8px', minHeight: '28px', lineHeight: '28px' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { background: 'var(--sp-primary)', color: 'var(--sp-on-strong)' },
  '.cm-completionDetail': { fontStyle: 'normal', opacity: '1', marginLeft: '1em' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-completionIcon': { opacity: '1' },
  '.cm-completionInfo': { padding: '8px 12px', maxWidth: '24rem', whiteSpace: 'normal' },
  '.cm-hover-text': { padding: '8px 12px' },
  '.cm-hover-text p': { margin: '4px 0 0', fontFamily: 'inherit' },
  '.cm-diagnostic': { padding: '6px 10px', borderLeftWidth: '5px' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--sp-danger)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--sp-wait)' },
  '.cm-diagnostic-hint, .cm-diagnostic-info': { borderLeftColor: 'var(--sp-primary)' },
  '.cm-diagnosticSource': { opacity: '1', color: 'var(--sp-muted)' },
  '.cm-lintRange-error': underline('danger'),
  '.cm-lintRange-warning': underline('wait'),
  '.cm-lintRange-hint, .cm-lintRange-info': underline('primary'),
  '.cm-lintPoint-error:after': { borderBottomColor: 'var(--sp-danger)' },
  '.cm-lintPoint-warning:after': { borderBottomColor: 'var(--sp-wait)' },
  '.cm-gutter-lint': { width: '1.4em' },
  '.cm-gutter-lint .cm-gutterElement': { padding: '0 0.3em' },
  ...marker('error', '✕', 'danger'),
  ...marker('warning', '▲', 'wait'),
  ...marker('info', '◆', 'primary'),
  ...marker('hint', '◆', 'primary'),
  '.cm-panels': { backgroundColor: 'var(--sp-surface-2)', color: 'var(--sp-ink)' },
  '.cm-panels-bottom': { borderTop: '1px solid var(--sp-line)' },
  '.cm-panel.cm-panel-lint ul [aria-selected]': { backgroundColor: mix('primary', 14), color: 'var(--sp-ink)' },
  '.cm-panel.cm-panel-lint ul:focus [aria-selected]': { backgroundColor: 'var(--sp-primary)', color: 'var(--sp-on-strong)' },
  '.cm-textfield': { backgroundColor: 'var(--sp-surface)', border: '1px solid var(--sp-line)', borderRadius: '6px', fontSize: '1rem' },
  '.cm-button': {
    backgroundImage: 'none',
    backgroundColor: 'var(--sp-surface)',
    color: 'var(--sp-primary)',
    border: '1px solid var(--sp-primary)',
    borderRadius: '6px',
    fontSize: '0.9375rem',
  },
  '.cm-panel.cm-search': { padding: '8px 36px 8px 8px' },
  '.cm-panel.cm-search :is(button, input, label)': { minHeight: '32px' },
  '.cm-panel.cm-search label': { fontSize: '0.9375rem', display: 'inline-flex', alignItems: 'center' },
  '.cm-panel.cm-search [name=close], .cm-panel.cm-panel-lint [name=close]': {
    fontSize: '1.4rem',
    minWidth: '32px',
    color: 'var(--sp-ink)',
  },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--sp-surface-2)', color: 'var(--sp-muted)', border: '1px solid var(--sp-line)' },
  // Differences: own colours, since the package's own do not reach AA.
  '.cm-changedLine': { backgroundColor: `${mix('ok', 12)} !important` },
  '.cm-changedText': { background: `${mix('ok', 20)} !important` },
  '.cm-deletedChunk': { backgroundColor: mix('danger', 10), paddingLeft: '6px' },
  '.cm-deletedChunk .cm-deletedText, .cm-deletedText': { background: mix('danger', 15) },
  '.cm-deletedLine, .cm-deletedChunk del': { textDecoration: 'none' },
  '.cm-changedLineGutter': { background: 'var(--sp-ok)' },
  '.cm-deletedLineGutter': { background: 'var(--sp-danger)' },
  '.cm-deletedChunk .cm-chunkButtons': { insetInlineEnd: '8px', position: 'absolute' },
  '.cm-deletedChunk .cm-chunkButtons button': mergeButton,
  '.cm-collapsedLines:before, .cm-collapsedLines:after': { content: '"⋯"', color: 'inherit' },
  '.cm-collapsedLines': {
    background: 'var(--sp-surface-2)',
    color: 'var(--sp-primary)',
    border: '1px solid var(--sp-hairline)',
    padding: '4px 8px',
  },
  // Lines that the tests ran through, and lines that they missed.
  '.cm-coverage': { width: '6px' },
  '.cm-coverage .cm-gutterElement': { padding: '0' },
  '.cm-covered': { display: 'block', height: '100%', width: '6px', background: 'var(--sp-ok)' },
  '.cm-not-covered': {
    display: 'block',
    height: '100%',
    width: '6px',
    background: 'repeating-linear-gradient(var(--sp-danger) 0 3px, transparent 3px 6px)',
  },
  '.cm-line-comment': {
    fontFamily: 'system-ui, sans-serif',
    background: 'var(--sp-surface-2)',
    borderInlineStart: '4px solid var(--sp-wait)',
    // No margin above or below: CodeMirror does not measure it, and the line numbers below would be beside other lines.
    margin: '0 8px',
    padding: '6px 10px',
    overflowWrap: 'anywhere',
    whiteSpace: 'pre-wrap',
  },
})

const code = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--sp-primary)', fontWeight: '700' },
  { tag: tags.comment, color: 'var(--sp-muted)', fontStyle: 'italic' },
  { tag: tags.string, color: 'var(--sp-ok)' },
  { tag: [tags.number, tags.atom], color: 'var(--sp-wait)' },
  { tag: tags.definition(tags.variableName), color: 'var(--sp-ink)', fontWeight: '700' },
  { tag: tags.function(tags.variableName), color: 'var(--sp-ink)' },
  { tag: tags.special(tags.variableName), color: 'var(--sp-primary)' },
  { tag: tags.propertyName, color: 'var(--sp-ink)' },
  { tag: tags.invalid, color: 'var(--sp-danger)', textDecoration: 'underline' },
])

export const editorTheme: Extension = [looks, syntaxHighlighting(code)]
