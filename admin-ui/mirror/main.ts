import replayStyle from '@rrweb/replay/dist/style.css?inline'
import { holeWords } from './holes.ts'
import type { FromMirror, ToMirror } from './messages.ts'
import mirrorStyle from './mirror.css?inline'
import { createPicture } from './picture.ts'

const root = document.getElementById('picture')
const panelOrigin = document.querySelector<HTMLMetaElement>('meta[name="panel-origin"]')?.content ?? ''
if (root === null || panelOrigin === '') throw new Error('index.html lacks #picture or the origin of the panel')

const style = document.createElement('style')
style.textContent = `${replayStyle}\n${mirrorStyle}`
document.head.append(style)

const tell = (message: FromMirror): void => parent.postMessage(message, panelOrigin)
const picture = createPicture({
  root,
  words: holeWords[location.hash.slice(1)] ?? holeWords['en']!,
  onDrawn: ({ width, height }) => tell({ kind: 'drawn', width, height }),
})
const giveUp = (): void => {
  picture.clear()
  tell({ kind: 'broken' })
}
addEventListener('error', giveUp)
addEventListener('unhandledrejection', giveUp)
addEventListener('resize', () => picture.fit())
addEventListener('message', ({ origin, source, data }: MessageEvent<Partial<ToMirror> | null>) => {
  if (origin !== panelOrigin || source !== parent || typeof data !== 'object' || data === null) return
  if (data.kind === 'clear') picture.clear()
  if (data.kind === 'forget') picture.forget()
  if (data.kind === 'events' && Array.isArray(data.events)) picture.show(data.events, data.fresh === true, String(data.service))
  if (data.kind === 'asset' && data.asset !== undefined) picture.put(data.asset)
})
tell({ kind: 'ready' })
