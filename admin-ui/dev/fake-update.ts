import type { PanelState, PanelUpdateOffer } from '../../agent/panel/panel-api.ts'

export const noUpdate: PanelState['updates'] = { keys: 'pinned', consent: 'ask', offer: null, last: null }

export const updateOf = (members: Partial<PanelUpdateOffer> = {}): PanelState['updates'] => ({
  ...noUpdate,
  offer: {
    sha256: 'a'.repeat(64),
    version: '1.3.0',
    from: '1.2.0',
    signers: ['northwind-release-a', 'northwind-release-b'],
    news: {
      en: ['The panel remembers the language that you chose.', 'Comes back sooner after the network was away.'],
      de: ['Das Bedienfeld merkt sich die Sprache, die Sie gewählt haben.', 'Ist nach einem Ausfall des Netzes schneller wieder da.'],
    },
    state: 'offered',
    by: null,
    waits: null,
    ...members,
  },
})

export const updateFailed = (reason: string): PanelState['updates'] => ({
  ...noUpdate,
  last: { what: 'rolled_back', version: '1.3.0', from: '1.2.0', reason, at: Date.now() - 600_000 },
})
