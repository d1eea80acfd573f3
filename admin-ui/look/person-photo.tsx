const initials = (name: string): string =>
  name
    .split(/\s+/u)
    .map((part) => part.charAt(0))
    .filter((letter) => letter !== '')
    .slice(0, 2)
    .join('')
    .toUpperCase()

/** The photo, or the initials where there is none. The name stands beside it, so the picture itself is silent unless `alt` says more. */
export const PersonPhoto = ({
  name,
  photo,
  size,
  alt = '',
}: {
  readonly name: string
  readonly photo: string | null
  readonly size: number
  readonly alt?: string
}) =>
  photo === null ? (
    <span className="photo" style={{ width: size, height: size, fontSize: size * 0.36 }} aria-hidden="true">
      {initials(name)}
    </span>
  ) : (
    <img className="photo" src={photo} alt={alt} width={size} height={size} style={{ width: size, height: size }} />
  )
