import { useEffect } from 'react'
import type { RefObject } from 'react'
import type { CodeEditorHandle } from '../editor/code-editor.tsx'

const lookEveryMs = 50

/** Brings the cursor to a place as soon as the editor is there: its own chunk may still be on its way. */
export const useGoal = (
  goal: { readonly line: number; readonly column: number } | null,
  editor: RefObject<CodeEditorHandle | null>,
): void => {
  useEffect(() => {
    if (goal === null) return undefined
    const timer = setInterval(() => {
      if (editor.current === null) return
      clearInterval(timer)
      editor.current.goTo(goal.line, goal.column)
    }, lookEveryMs)
    return () => clearInterval(timer)
  }, [goal, editor])
}
