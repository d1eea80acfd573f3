import { RangeSet, RangeSetBuilder, StateEffect, StateField } from '@codemirror/state'
import type { EditorState, Extension } from '@codemirror/state'
import { Decoration, EditorView, gutter, GutterMarker, WidgetType } from '@codemirror/view'
import type { DecorationSet } from '@codemirror/view'
import type { FileCoverage } from '../../../../gateway/http-api/contract/policy-analysis.ts'

export interface CoverageWords {
  readonly covered: string
  readonly notCovered: string
}

/** What somebody wrote about one line. */
export interface LineComment {
  readonly line: number
  readonly author: string
  readonly text: string
}

class CoverageMark extends GutterMarker {
  private readonly covered: boolean
  private readonly title: string

  constructor(covered: boolean, title: string) {
    super()
    this.covered = covered
    this.title = title
  }

  override eq(other: GutterMarker): boolean {
    return other instanceof CoverageMark && other.covered === this.covered
  }

  override toDOM(): Node {
    const mark = document.createElement('span')
    mark.className = this.covered ? 'cm-covered' : 'cm-not-covered'
    mark.title = this.title
    return mark
  }
}

const setCoverage = StateEffect.define<{ readonly coverage: FileCoverage | null; readonly words: CoverageWords }>()

const marksOf = (state: EditorState, coverage: FileCoverage | null, words: CoverageWords): RangeSet<GutterMarker> => {
  if (coverage === null) return RangeSet.empty
  const marks = { covered: new CoverageMark(true, words.covered), missed: new CoverageMark(false, words.notCovered) }
  const linesOf = (stretches: readonly (readonly [number, number])[], mark: CoverageMark) =>
    stretches.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, index) => ({ line: from + index, mark })))
  const builder = new RangeSetBuilder<GutterMarker>()
  const marked = new Map(
    [...linesOf(coverage.covered, marks.covered), ...linesOf(coverage.not_covered, marks.missed)].map(({ line, mark }) => [line, mark]),
  )
  for (const [line, mark] of [...marked].toSorted(([a], [b]) => a - b)) {
    if (line > state.doc.lines) break
    const { from } = state.doc.line(line)
    builder.add(from, from, mark)
  }
  return builder.finish()
}

const coverageField = StateField.define<RangeSet<GutterMarker>>({
  create: () => RangeSet.empty,
  update(marks, { changes, effects, state }) {
    const told = effects.find((effect) => effect.is(setCoverage))
    return told?.is(setCoverage) === true ? marksOf(state, told.value.coverage, told.value.words) : marks.map(changes)
  },
})

class CommentWidget extends WidgetType {
  private readonly comment: LineComment

  constructor(comment: LineComment) {
    super()
    this.comment = comment
  }

  override eq(other: CommentWidget): boolean {
    return other.comment.text === this.comment.text && other.comment.author === this.comment.author
  }

  override toDOM(): HTMLElement {
    const note = document.createElement('div')
    note.className = 'cm-line-comment'
    const author = document.createElement('strong')
    author.textContent = `${this.comment.author}: `
    note.append(author, this.comment.text)
    return note
  }
}

const setComments = StateEffect.define<readonly LineComment[]>()

const commentField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(notes, { changes, effects, state }) {
    const told = effects.find((effect) => effect.is(setComments))
    if (told?.is(setComments) !== true) return notes.map(changes)
    const placed = told.value
      .filter(({ line }) => line >= 1 && line <= state.doc.lines)
      .map((comment) =>
        Decoration.widget({ widget: new CommentWidget(comment), block: true, side: 1 }).range(state.doc.line(comment.line).to),
      )
    return Decoration.set(placed, true)
  },
  provide: (field) => EditorView.decorations.from(field),
})

/** Coverage of the tests beside each line, and what people wrote about a line below it. */
export const lineMarks: Extension = [
  coverageField,
  gutter({ class: 'cm-coverage', markers: (view) => view.state.field(coverageField), initialSpacer: () => new CoverageMark(true, '') }),
  commentField,
]

export const showCoverage = (view: EditorView, coverage: FileCoverage | null, words: CoverageWords): void =>
  view.dispatch({ effects: setCoverage.of({ coverage, words }) })

export const showComments = (view: EditorView, comments: readonly LineComment[]): void =>
  view.dispatch({ effects: setComments.of(comments) })
