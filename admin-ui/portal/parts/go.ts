/** Signing in leaves the pages: the gateway sends the browser to the identity provider and back to where it was. */
export const signInAddress = (returnTo: string): string => `/auth/sign-in?return_to=${encodeURIComponent(returnTo)}`

export const currentAddress = (): string => location.pathname + location.search
