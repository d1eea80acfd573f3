import type { Duplex } from 'node:stream'

/** What is said where no page can be made: to people, since a browser shows it, in both languages. */
const sentences = {
  '400 Bad Request': ['The request cannot be read.', 'Die Anfrage ist nicht lesbar.'],
  '404 Not Found': ['Nothing here takes such a connection.', 'Hier nimmt niemand eine solche Verbindung an.'],
  '405 Method Not Allowed': ['This method is not served here.', 'Diese Methode wird hier nicht bedient.'],
  '408 Request Timeout': [
    'The head of the request did not come within 10 seconds. Try again.',
    'Der Kopf der Anfrage kam nicht innerhalb von 10 Sekunden. Versuchen Sie es noch einmal.',
  ],
  '413 Content Too Large': ['The framing of the body is too long.', 'Die Rahmung des Inhalts ist zu lang.'],
  '431 Request Header Fields Too Large': [
    'The head of the request is longer than 32 KiB or has more than 128 fields. Delete the cookies of this site, then try again.',
    'Der Kopf der Anfrage ist länger als 32 KiB oder hat mehr als 128 Felder. Löschen Sie die Cookies dieser Website und versuchen Sie es noch einmal.',
  ],
} as const

export type RefusalLine = keyof typeof sentences

export const refusalText = (status: RefusalLine): string => `${sentences[status].join('\n')}\n`

/** Nobody's page shows it as a part of its own, keeps it, or reads anything else into it (ASVS 3.4). */
export const refusalHeaders = {
  'content-type': 'text/plain; charset=utf-8',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  connection: 'close',
} as const

/**
 * Answers on a bare socket (after CONNECT or an upgrade) and lets it go. Node has taken its own listeners off by then: without one of ours
 * a client that resets the connection ends the process, and without the end of both halves it stays for ever.
 */
export function refuseSocket(socket: Duplex, status: RefusalLine): void {
  socket.on('error', () => socket.destroy())
  const text = refusalText(status)
  const head = [
    `HTTP/1.1 ${status}`,
    ...Object.entries(refusalHeaders).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(text)}`,
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`, () => socket.destroy())
}
