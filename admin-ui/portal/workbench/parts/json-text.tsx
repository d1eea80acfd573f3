import { Code } from '@mantine/core'

/** A document for people to read: it scrolls, also without a pointer. */
export const JsonText = ({ title, value }: { readonly title: string; readonly value: unknown }) => (
  <section>
    <h3>{title}</h3>
    <Code block tabIndex={0} role="region" aria-label={title}>
      {JSON.stringify(value, null, 2)}
    </Code>
  </section>
)
