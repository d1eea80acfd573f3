/** The first eight of a revision's 64: enough to tell two apart; the whole name on demand. */
export const shortOf = (digest: string): string => digest.replace(/^sha256:/u, '').slice(0, 8)

export const ShortDigest = ({ digest }: { readonly digest: string }) => (
  <span className="mono" title={digest}>
    {shortOf(digest)}
  </span>
)
