import { shortId } from '../../decisions/decision-sentence.ts'

/** A person of a logged decision: by name where that is shown, else by the pseudonym that ties her decisions together. */
export const personOf = (
  { person: { id, name } }: { readonly person: { readonly id: string; readonly name: string | null } },
  hiddenPerson: (id: string) => string,
): string => name ?? hiddenPerson(shortId(id))
