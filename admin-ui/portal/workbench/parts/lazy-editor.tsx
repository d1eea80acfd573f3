import { Skeleton } from '@mantine/core'
import { lazy, Suspense } from 'react'
import type { CodeEditorProps } from '../editor/code-editor.tsx'
import { useBenchWords } from '../words/bench-words.ts'

// CodeMirror is as heavy as the rest of the portal: it comes when a file is opened.
const CodeEditor = lazy(() => import('../editor/code-editor.tsx'))

export const LazyEditor = (props: CodeEditorProps) => {
  const words = useBenchWords()
  return (
    <Suspense
      fallback={
        <div role="status" className="code-editor">
          <span className="visually-hidden">{words.loadingEditor}</span>
          <Skeleton height="100%" radius={0} />
        </div>
      }
    >
      <CodeEditor {...props} />
    </Suspense>
  )
}
