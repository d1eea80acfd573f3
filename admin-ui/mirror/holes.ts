/** What stands in the place of what cannot be drawn. */
export interface HoleWords {
  readonly drawing: string
  readonly frame: string
  readonly video: string
  readonly picture: string
}

export const holeWords: Readonly<Record<string, HoleWords>> = {
  en: { drawing: 'Drawing', frame: 'Another page', video: 'Video', picture: 'Picture' },
  de: { drawing: 'Zeichnung', frame: 'Andere Seite', video: 'Video', picture: 'Bild' },
}

const hatching = 'repeating-linear-gradient(45deg,#8a8f98 0 2px,#e6e8eb 2px 12px)'

/** A name that needs no font and no script of the page: a picture of the word. */
const named = (word: string): string => {
  const width = 16 + word.length * 9
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="24"><rect width="${width}" height="24" rx="4" fill="#1a212c"/><text x="50%" y="17" font-family="sans-serif" font-size="14" fill="#fff" text-anchor="middle">${word}</text></svg>`
  return `url("data:image/svg+xml,${encodeURIComponent(svg)}") center/auto no-repeat,${hatching}`
}

const hole = (selector: string, word: string): string =>
  `${selector}{background:${named(word)}!important;outline:1px solid #5c626b!important;min-width:8px;min-height:8px}`

/**
 * Style rules for the page that is drawn: what nothing is drawn of is hatched and named. A canvas, which is no canvas where no script runs, has the size of its pixels as
 * long as the page's own style says nothing else.
 */
export const holeRules = ({ drawing, frame, video, picture }: HoleWords): string[] => [
  'canvas{display:inline-block;overflow:hidden;box-sizing:border-box;width:calc(var(--sallyport-width)*1px);aspect-ratio:var(--sallyport-width)/var(--sallyport-height);font-size:0}',
  'canvas>*{display:none!important}',
  hole('canvas', drawing),
  hole('iframe:not([rr_src])', frame),
  hole('video', video),
  hole('img:not([src])', picture),
]
