import { canvasTag } from '../../agent/wire/mirror.ts'
import type { PageAssets } from './asset-shelf.ts'
import { isMeasured, measuredCss } from './measured-data.ts'

/**
 * Takes out of recorded events what could act or ask for something when they are drawn. The page's policy and the sandbox stop all of that anyway; this
 * is the wall before them, and the only one before what no policy covers (`<link rel="preconnect">`).
 */
export interface EventTamer {
  /** Events of `@rrweb/record` for the replay, or null where one is none that it draws. Works on the objects themselves. */
  tame(event: unknown): TamedEvent | null
}

export interface TamedEvent {
  type: number
  data: Record<string, unknown>
  timestamp: number
}

/** `EventType` and `IncrementalSource` of `@rrweb/types`. */
const fullSnapshot = 2
const incremental = 3
const meta = 4
const custom = 5
const mutation = 0
const mouseMoves: ReadonlySet<unknown> = new Set([1, 6, 12])
const canvasMutation = 9
/** Rules of a sheet, a declaration, adopted sheets. */
const sheetChanges: ReadonlySet<unknown> = new Set([8, 13, 15])
const elementNode = 2

/** Elements that load or run what they name; drawn as plain boxes. */
const boxes: ReadonlySet<string> = new Set(['object', 'embed', 'applet', 'portal', 'fencedframe', 'webview', 'param'])
/** What they are is in their attributes, and none of it is to be seen. */
const mute: ReadonlySet<string> = new Set(['link', 'meta', 'base', 'script', 'noscript'])
const urlAttributes: ReadonlySet<string> = new Set(['src', 'href', 'xlink:href', 'poster', 'data', 'background', 'rr_src', 'rr_dataurl'])
/** Where an image may stand. */
const imageAttributes: ReadonlySet<string> = new Set(['src', 'href', 'xlink:href', 'poster', 'background'])
const dropped: ReadonlySet<string> = new Set([
  'srcdoc',
  'srcset',
  'imagesrcset',
  'ping',
  'action',
  'formaction',
  'manifest',
  'http-equiv',
  'autoplay',
])

type Members = Record<string, unknown>

/** A page without assets. */
const none: Pick<PageAssets, 'at' | 'css' | 'image'> = { at: () => {}, css: (text) => text, image: () => null }

export const createEventTamer = (given = none): EventTamer => {
  const assets = { ...given, css: (text: string): string => given.css(measuredCss(text)) }
  /** Ids of the mute elements, for changes of their attributes. */
  let muteIds = new Set<unknown>()
  let styleIds = new Set<unknown>()
  let sheetTextIds = new Set<unknown>()

  const tameAttributes = (attributes: Members, isMute: boolean, node: unknown): void => {
    for (const [name, value] of Object.entries(attributes)) {
      const lower = name.toLowerCase()
      if (name === '_cssText' && typeof value === 'string') attributes[name] = assets.css(value)
      if (lower === 'style') attributes[name] = tameStyle(value)
      if (isMute ? name !== '_cssText' : lower.startsWith('on') || dropped.has(lower)) delete attributes[name]
      else if (urlAttributes.has(lower) && !isHarmlessUrl(value)) {
        // Of a link this is null too: no picture is known by its address.
        const image = imageAttributes.has(lower) ? assets.image(String(value), node, name) : null
        if (image !== null) attributes[name] = image
        else if (lower === 'href') attributes[name] = '#'
        else delete attributes[name]
      }
    }
  }
  const tameTree = (root: unknown): void => {
    const rest = [root]
    for (let node = rest.pop(); node !== undefined; node = rest.pop()) {
      if (!isMembers(node)) continue
      if (node['type'] === elementNode) tameElement(node)
      if (Array.isArray(node['childNodes'])) rest.push(...(node['childNodes'] as unknown[]))
    }
  }
  /** The text of a sheet that the recorder did not read by its rules. */
  const tameSheet = (text: Members): void => {
    if (typeof text['textContent'] !== 'string') return
    sheetTextIds.add(text['id'])
    text['textContent'] = assets.css(text['textContent'])
  }
  const tameElement = (node: Members): void => {
    const tag = String(node['tagName']).toLowerCase()
    if (boxes.has(tag)) node['tagName'] = 'div'
    const attributes = isMembers(node['attributes']) ? node['attributes'] : {}
    const isMute = mute.has(tag)
    if (tag === 'style') {
      styleIds.add(node['id'])
      for (const child of listOf(node['childNodes'])) tameSheet(child)
    }
    if (isMute) muteIds.add(node['id'])
    tameAttributes(attributes, isMute, node['id'])
    if (tag === 'canvas') attributes['style'] = canvasStyle(attributes)
    node['attributes'] = attributes
  }
  /** In one text, or by its properties, each a value, or a value and its priority. */
  const tameStyle = (style: unknown): unknown => {
    if (typeof style === 'string') return assets.css(style)
    if (!isMembers(style)) return style
    const tamed = Object.entries(style).map(([name, value]) => [
      name,
      Array.isArray(value)
        ? value.map((one) => (typeof one === 'string' ? assets.css(one) : one))
        : typeof value === 'string'
          ? assets.css(value)
          : value,
    ])
    return Object.fromEntries(tamed) as Members
  }
  const tameRules = (data: Members): void => {
    for (const one of [...listOf(data['adds']), ...listOf(data['styles']).flatMap(({ rules }) => listOf(rules))])
      if (typeof one['rule'] === 'string') one['rule'] = assets.css(one['rule'])
    const { set } = data
    if (isMembers(set) && typeof set['value'] === 'string') set['value'] = assets.css(set['value'])
    for (const name of ['replace', 'replaceSync']) if (typeof data[name] === 'string') data[name] = assets.css(data[name])
  }
  const tameMutation = (data: Members): void => {
    for (const { parentId, node } of listOf(data['adds'])) {
      tameTree(node)
      if (styleIds.has(parentId) && isMembers(node)) tameSheet(node)
    }
    for (const text of listOf(data['texts']))
      if (sheetTextIds.has(text['id']) && typeof text['value'] === 'string') text['value'] = assets.css(text['value'])
    for (const { id, attributes } of listOf(data['attributes'])) if (isMembers(attributes)) tameAttributes(attributes, muteIds.has(id), id)
  }
  return {
    tame: (event) => {
      if (!isMembers(event) || !isMembers(event['data']) || typeof event['type'] !== 'number') return null
      const { type, data } = event
      if (type === custom) return canvasChange(data)
      if (type === meta) assets.at(String(data['href']))
      if (type === fullSnapshot) {
        muteIds = new Set()
        styleIds = new Set()
        sheetTextIds = new Set()
        tameTree(data['node'])
      } else if (type === incremental) {
        if (data['source'] === canvasMutation) return null
        if (data['source'] === mutation) tameMutation(data)
        if (sheetChanges.has(data['source'])) tameRules(data)
        if (mouseMoves.has(data['source']))
          data['positions'] = listOf(data['positions'])
            .slice(-1)
            .map((one) => ({ ...one, timeOffset: 0 }))
      } else if (type !== meta) return null
      return { type, data, timestamp: 0 }
    },
  }
}

/** Where no script runs a canvas is a box like any other; `picture.ts` gives it its size, which the page's own style may change. */
const canvasStyle = ({ width, height, style }: Members): string => {
  const pixels = (value: unknown, otherwise: number): number => Math.min(10_000, Number.parseInt(String(value), 10) || otherwise)
  return `--sallyport-width:${pixels(width, 300)};--sallyport-height:${pixels(height, 150)};${typeof style === 'string' ? style : ''}`
}

/** What the recorder drew of a canvas becomes its background: where no script runs there is nothing else to draw on. */
const canvasChange = ({ tag, payload }: Members): TamedEvent | null => {
  if (tag !== canvasTag || !isMembers(payload) || typeof payload['id'] !== 'number' || typeof payload['data'] !== 'string') return null
  if (!/^data:image\/(?:webp|png);base64,[A-Za-z0-9+/]+={0,2}$/u.test(payload['data']) || !isMeasured(payload['data'])) return null
  const style = {
    'background-image': [`url("${payload['data']}")`, 'important'],
    'background-size': ['100% 100%', 'important'],
    'background-repeat': ['no-repeat', 'important'],
    'background-color': ['transparent', 'important'],
    outline: ['none', 'important'],
  }
  const attributes = [{ id: payload['id'], attributes: { style } }]
  return { type: incremental, data: { source: mutation, texts: [], removes: [], adds: [], attributes }, timestamp: 0 }
}

const isHarmlessUrl = (value: unknown): boolean =>
  typeof value !== 'string' || /^\s*(?:#|$)/u.test(value) || (/^\s*data:(?:image|font)\//iu.test(value) && isMeasured(value))

const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value)

const listOf = (value: unknown): Members[] => (Array.isArray(value) ? value.filter(isMembers) : [])
