import type { ReactNode } from 'react'

/** Names and values under each other, in the order in which they are given. */
export const Facts = ({ items }: { readonly items: Readonly<Record<string, ReactNode>> }) => (
  <dl className="facts">
    {Object.entries(items).map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
)
