import { useEffect, useRef } from 'react'
import type { FromMirror } from '../../mirror/messages.ts'
import { useLanguage } from '../../words/language.tsx'
import type { MirrorModel } from './mirror-model.ts'

export interface MirrorPictureProps {
  /** Of the listener that serves the page in the frame. */
  readonly port: number
  readonly title: string
  readonly model: Pick<MirrorModel, 'drawOn'>
  readonly onDrawn: (size: { readonly width: number; readonly height: number } | 'broken') => void
}

/** The frame in which the picture is drawn: another origin, fed by messages, that can ask nobody for anything. */
export const MirrorPicture = ({ port, title, model, onDrawn }: MirrorPictureProps) => {
  const frame = useRef<HTMLIFrameElement>(null)
  const { language } = useLanguage()
  const origin = `http://${location.hostname}:${port}`
  useEffect(() => {
    const hear = ({ origin: from, source, data }: MessageEvent<FromMirror>): void => {
      const target = frame.current?.contentWindow
      if (from !== origin || target === null || target === undefined || source !== target) return
      if (data.kind === 'ready') model.drawOn((message) => target.postMessage(message, origin))
      else onDrawn(data.kind === 'drawn' ? data : 'broken')
    }
    addEventListener('message', hear)
    return () => {
      removeEventListener('message', hear)
      model.drawOn(null)
    }
  }, [origin, model, onDrawn])
  return (
    <iframe
      ref={frame}
      className="mirror-frame"
      title={title}
      src={`${origin}/#${language}`}
      // oxlint-disable-next-line react/iframe-missing-sandbox -- its own origin is another one than the panel's
      sandbox="allow-scripts allow-same-origin"
      tabIndex={-1}
    />
  )
}
