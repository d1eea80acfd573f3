/**
 * The name under which a machine is spoken to inside a CONNECT stream to a service of kind `http`: neither side may learn the other's
 * real name from these headers.
 *
 * - The gateway sends `host: sallyport.invalid`, and where the browser's own page is the source `origin: http://sallyport.invalid` and
 *   `referer: http://sallyport.invalid/...` (also in WebSocket handshakes). Any other origin never gets this far.
 * - The agent replaces the host and this origin at the start of those three headers by the target's own (`127.0.0.1:8080`,
 *   `http://127.0.0.1:8080`), so that the checks of the machine hold.
 * - In answers the agent makes a `Location` (`Content-Location`, `Refresh`) that points to the target's own origin relative; the
 *   gateway rewrites one that points to this origin to the browser's, and leaves every other absolute address alone.
 *
 * `.invalid` never resolves (RFC 6761, section 6.4).
 */
export const machineHost = 'sallyport.invalid'

/** {@link machineHost} as an origin (RFC 6454). */
export const machineOrigin = `http://${machineHost}`
