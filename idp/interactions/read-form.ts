import { CodedError } from '../../gateway/basics/coded-error.ts'
import type { PageContext } from '../provider/page-context.ts'

const maxFormBytes = 16 * 1024

/** The fields of a posted form. @throws form_too_large, form_type, form_repeated_field */
export async function readForm(ctx: PageContext): Promise<ReadonlyMap<string, string>> {
  if (ctx.is('application/x-www-form-urlencoded') === false) throw refused('form_type')
  if ((ctx.request.length ?? 0) > maxFormBytes) throw refused('form_too_large')
  const chunks: Buffer[] = []
  let received = 0
  for await (const chunk of ctx.req as AsyncIterable<Buffer>) {
    received += chunk.length
    if (received > maxFormBytes) throw refused('form_too_large')
    chunks.push(chunk)
  }
  const fields = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(Buffer.concat(chunks).toString('utf8'))) {
    if (fields.has(name)) throw refused('form_repeated_field')
    fields.set(name, value)
  }
  return fields
}

const refused = (code: 'form_type' | 'form_too_large' | 'form_repeated_field'): CodedError =>
  new CodedError({ code, message: 'The form was not taken.', remedy: 'fix' })
