export type FileGroup = 'rules' | 'tests' | 'data'

/** What a file of a policy is, by its name alone. */
export const groupOf = (path: string): FileGroup => (path.endsWith('_test.rego') ? 'tests' : path.endsWith('.rego') ? 'rules' : 'data')

/** What a new file begins with: a rule with its package, a test beside it, an empty document. */
export const beginningOf = (path: string): string => {
  if (path.endsWith('.json')) return '{}\n'
  const steps = path
    .replace(/\.rego$/u, '')
    .split('/')
    .map((step) => step.replaceAll('-', '_'))
  return `package ${['sallyport', ...steps].join('.')}\n`
}
