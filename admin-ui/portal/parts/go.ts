/** Signing in leaves the pages: the gateway sends the browser to the identity provider and back to where it was. */
export const signInAddress = (returnTo: string): string => `/auth/sign-in?return_to=${encodeURIComponent(returnTo)}`

/** The same, and the provider asks for a proof although it knows him. */
export const signInAgainAddress = (returnTo: string): string => `${signInAddress(returnTo)}&again=true`

/** Where a page was told to go back to: one of these pages, else nowhere. */
export const placeToReturnTo = (search: URLSearchParams): string | null => {
  const path = search.get('return_to') ?? ''
  return /^\/(?![/\\])/u.test(path) ? path : null
}

export const currentAddress = (): string => location.pathname + location.search
