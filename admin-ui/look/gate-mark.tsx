/** The mark of the product: a gate in a wall. Open while somebody is in a machine, closed otherwise. */
export const GateMark = ({ open, size = 32 }: { readonly open: boolean; readonly size?: number }) => (
  <svg
    width={size}
    height={size}
    viewBox="0 0 32 32"
    fill="none"
    stroke="currentColor"
    strokeWidth="2"
    strokeLinejoin="round"
    aria-hidden="true"
  >
    <path d="M3 28V7h4v3h4V7h3v3h4V7h3v3h4V7h4v21" />
    <path d="M2 28h28" strokeLinecap="round" />
    <path d="M10 28v-7a6 6 0 0 1 12 0v7" />
    {open ? (
      <path d="M10 21l-4.5-2v9M22 21l4.5-2v9" />
    ) : (
      <path d="M13.5 16v12M16 15v13M18.5 16v12M10.5 20h11M10.2 24h11.6" strokeWidth="1.6" />
    )}
  </svg>
)
