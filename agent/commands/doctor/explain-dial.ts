import { AgentError, errorCode } from '../../basics/agent-error.ts'
import type { AgentSettings } from '../../settings/agent-settings.ts'

export interface Explained {
  readonly what: string
  readonly fix: string
}

const firewall =
  'Ask the people of this network to let this machine out to this address and port (TCP); where only a proxy leads out, set gateway.proxy.'

/** Node's and OpenSSL's codes, as far as people meet them. */
const known: Readonly<Record<string, Explained>> = {
  ENOTFOUND: {
    what: 'Its name is not known in this network.',
    fix: 'Look at the DNS server of this machine, or at the spelling in agent.json.',
  },
  EAI_AGAIN: {
    what: 'Its name cannot be looked up: the DNS server does not answer.',
    fix: 'Look at the DNS server of this machine (/etc/resolv.conf, DHCP).',
  },
  ECONNREFUSED: {
    what: 'Nobody listens there: the connection was refused.',
    fix: 'Look at the port in agent.json, and whether the gateway runs.',
  },
  ECONNRESET: {
    what: 'The connection was cut before the gateway said who it is.',
    fix: `Something between here and there may not like TLS 1.3. ${firewall}`,
  },
  ETIMEDOUT: { what: 'No answer came.', fix: firewall },
  dial_timeout: { what: 'No answer came within 10 s.', fix: firewall },
  EHOSTUNREACH: {
    what: 'No way leads there from this network.',
    fix: 'Look at cable, address and router (default route) of this machine.',
  },
  ENETUNREACH: {
    what: 'No way leads there: this machine has no route out.',
    fix: 'Look at cable, address and router (default route) of this machine.',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    what: 'Who answers has a certificate of the right authority for another name.',
    fix: 'Set gateway.serverName in agent.json to a name in the gateway’s certificate, or correct the address.',
  },
}

/** Why the gateway could not be dialled, and what to do. */
export function explainDial(error: unknown, gateway: AgentSettings['gateway'], nowMs: number): Explained {
  const code = errorCode(error)
  const here = new Date(nowMs).toISOString()
  if (code === 'CERT_NOT_YET_VALID')
    return {
      what: `By the clock of this machine (${here}) the gateway's certificate is not valid yet.`,
      fix: 'Set the clock of this machine right: it is behind.',
    }
  if (code === 'CERT_HAS_EXPIRED')
    return {
      what: `By the clock of this machine (${here}) the gateway's certificate, or the authority in ${gateway.caFile}, ran out.`,
      fix: 'Where the clock is wrong, set it right; else the gateway needs a new certificate, or this machine the new ca.pem.',
    }
  const found = known[code]
  if (found !== undefined) return found
  if (error instanceof AgentError) {
    const [what = '', ...fix] = error.message.split(/(?<=\.) /)
    if (fix.length > 0) return { what, fix: fix.join(' ') }
    return { what, fix: 'Mend what it names.' }
  }
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO')
    return {
      what: `What answers there does not speak TLS 1.3 (${code}): a sign-in page of this network, or another program.`,
      fix: firewall,
    }
  return { what: `It cannot be reached (${code}).`, fix: firewall }
}
