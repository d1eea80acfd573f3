/** How long things live, in seconds; every one is set by hand (the library's own values are starting points). */
export const lifetimes = {
  /** A shift, counted from the sign-in: using it does not prolong it. */
  sessionS: 10 * 60 * 60,
  /** A session in which nobody has signed in yet. */
  anonymousSessionS: 60 * 60,
  grantS: 10 * 60 * 60,
  accessTokenS: 10 * 60,
  idTokenS: 60 * 60,
  authorizationCodeS: 60,
  interactionS: 30 * 60,
} as const
