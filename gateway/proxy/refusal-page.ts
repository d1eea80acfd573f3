import { createHash } from 'node:crypto'
import { pageIcon } from './page-icon.ts'
import { pageMessage } from './page-message.ts'
import { pageTexts } from './page-texts.ts'
import type { PageLanguage } from './page-language.ts'
import type { Refusal, RefusalKind } from './refusal.ts'

/** look.md's tokens; one column, one sentence, one action. */
const style = `
:root{color-scheme:light dark;--ink:#17202b;--muted:#55606e;--primary:#0b5cad;--on-primary:#fff;--surface:#fff;--ground:#f5f7fa;--danger:#b3261e;--wait:#8a5a00;--line:#d9dfe6}
@media (prefers-color-scheme:dark){:root{--ink:#e8edf3;--muted:#a7b2bf;--primary:#7db8f2;--on-primary:#10151c;--surface:#10151c;--ground:#18202a;--danger:#ff8a80;--wait:#f0be56;--line:#2c3642}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px 16px;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{width:100%;max-width:34rem;background:var(--surface);border:1px solid var(--line);border-radius:6px;padding:32px 24px}
.state{display:flex;align-items:center;gap:12px;margin:0 0 16px;font-weight:600;color:var(--muted)}
.danger .state{color:var(--danger)}.wait .state{color:var(--wait)}
svg{width:40px;height:40px;flex:none}
h1{font-size:24px;line-height:1.25;margin:0 0 12px;overflow-wrap:anywhere;hyphens:auto}
p{margin:0 0 24px;overflow-wrap:anywhere}
a{display:inline-block;min-height:44px;padding:10px 20px;border-radius:6px;background:var(--primary);color:var(--on-primary);text-decoration:none;font-weight:600}
.again{margin-right:12px}.second{background:transparent;color:var(--primary);padding-inline:0}
a:focus-visible{outline:3px solid var(--primary);outline-offset:3px}
.facts{margin:24px 0 0;color:var(--muted);font-size:14px}
code{font-family:ui-monospace,Consolas,monospace;user-select:all}
`
const styleHash = createHash('sha256').update(style).digest('base64')

export const refusalPagePolicy = (bar: string | null): string =>
  `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'${bar === null ? '' : ` ${bar}`}`

/** What may be over by itself in a moment. */
const passing: readonly RefusalKind[] = ['machine_offline', 'service_not_answering', 'too_many', 'unavailable']

export interface RefusalPageOptions {
  readonly refusal: Refusal
  readonly language: PageLanguage
  readonly portalOrigin: string
  /** Only for a browser that had entered. */
  readonly deviceName: string | undefined
  /** Shown in a frame, where the portal cannot be. */
  readonly framed: boolean
}

export function refusalPage({ refusal, language, portalOrigin, deviceName, framed }: RefusalPageOptions): string {
  const texts = pageTexts[language]
  const message = pageMessage(refusal, language)
  const tone = {
    danger: ['not_yours', 'not_allowed', 'bad_request'],
    wait: ['service_not_answering', 'unavailable', 'too_many', 'view_only', 'unrecorded'],
  }
  const tones = tone.danger.includes(refusal.kind) ? 'danger' : tone.wait.includes(refusal.kind) ? 'wait' : 'quiet'
  const facts = [
    deviceName === undefined ? '' : `${texts.machine}: ${escape(deviceName)} · `,
    `${texts.code}: <code>${escape(refusal.code)}</code>`,
  ].join('')
  const again = passing.includes(refusal.kind)
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escape(message.title)} · Sallyport</title><style>${style}</style></head>
<body><main class="${tones}"><p class="state">${pageIcon(refusal.kind)}<span>${escape(message.state)}</span></p><h1>${escape(message.title)}</h1><p>${escape(message.sentence)}</p>${again ? `<a class="again" href="">${texts.again}</a>` : ''}<a${again ? ' class="second"' : ''} href="${escape(portalOrigin)}/"${framed ? ' target="_blank" rel="noopener"' : ''}>${texts.action}</a><p class="facts">${facts}</p></main></body></html>
`
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
