import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useApi } from '../api/api-context.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'
import { usePortalWords } from '../words/portal-words.ts'

/** A machine with the right password waits until somebody has compared its code with the one at its panel. */
export const CompareCode = ({ id, code, readOnly }: { readonly id: string; readonly code: string; readonly readOnly: boolean }) => {
  const words = usePortalWords().devices
  const api = useApi()
  const queries = useQueryClient()
  const confirm = useMutation({
    mutationFn: () => api.confirmEnrolment(id, code),
    onSettled: () => queries.invalidateQueries({ queryKey: ['device', id] }),
  })
  return (
    <section className="card stack" aria-labelledby="compare-code">
      <h3 id="compare-code">{words.compareCode}</h3>
      <p className="mono compare-code">{code}</p>
      <p className="quiet">{words.compareCodeText}</p>
      <ProblemNote error={confirm.error} />
      {readOnly ? null : (
        <div>
          <Button loading={confirm.isPending} onClick={() => confirm.mutate()}>
            {words.codeIsTheSame}
          </Button>
        </div>
      )}
    </section>
  )
}
