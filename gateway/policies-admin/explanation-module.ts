/**
 * Compiled into every policy beside its own sources, and no part of its revision: it lays open which rules an action needs and what each of them
 * answers, so that an explanation comes from the engine that decides. A policy without such rules has an explanation without any.
 */
export const explanationModule = `package sallyport_explanation

default needed := set()

needed := data.sallyport.access.needed[input.action]

rules[name] := data.sallyport.rules[name] if some name in needed

explanation := {"needed": needed, "rules": rules}
`

/** In a folder with a dot, where no source of a policy can be. The compiled bytes name it, so it is the same everywhere. */
export const explanationPath = '.sallyport/explanation.rego'
