import type { PeerCertificates } from './peer-certificates.ts'

/** What both ends of frp are told: TLS with certificates on both sides. */
export const frpSettings = (files: PeerCertificates['files']): string => `
transport.tls.certFile = "${files.cert}"
transport.tls.keyFile = "${files.key}"
transport.tls.trustedCaFile = "${files.ca}"
auth.token = "bench"
log.level = "error"
`

export const frpServer = (bind: number): string =>
  `bindAddr = "127.0.0.1"\nbindPort = ${bind}\nproxyBindAddr = "127.0.0.1"\ntransport.tls.force = true\n`

export const frpClient = (bind: number): string =>
  `serverAddr = "127.0.0.1"\nserverPort = ${bind}\ntransport.tls.enable = true\ntransport.tls.serverName = "localhost"\n`
