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
const mutation = 0
const mouseMoves: ReadonlySet<unknown> = new Set([1, 6, 12])
const canvasMutation = 9
const elementNode = 2

/** Elements that load or run what they name; drawn as plain boxes. */
const boxes: ReadonlySet<string> = new Set(['object', 'embed', 'applet', 'portal', 'fencedframe', 'webview', 'param'])
/** What they are is in their attributes, and none of it is to be seen. */
const mute: ReadonlySet<string> = new Set(['link', 'meta', 'base', 'script', 'noscript'])
const urlAttributes: ReadonlySet<string> = new Set(['src', 'href', 'xlink:href', 'poster', 'data', 'background', 'rr_src', 'rr_dataurl'])
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

export const createEventTamer = (): EventTamer => {
  /** Ids of the mute elements, for changes of their attributes. */
  let muteIds = new Set<unknown>()

  const tameAttributes = (attributes: Members, isMute: boolean): void => {
    for (const [name, value] of Object.entries(attributes)) {
      const lower = name.toLowerCase()
      if (isMute ? name !== '_cssText' : lower.startsWith('on') || dropped.has(lower)) delete attributes[name]
      else if (urlAttributes.has(lower) && !isHarmlessUrl(value)) {
        if (lower === 'href') attributes[name] = '#'
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
  const tameElement = (node: Members): void => {
    const tag = String(node['tagName']).toLowerCase()
    if (boxes.has(tag)) node['tagName'] = 'div'
    const attributes = isMembers(node['attributes']) ? node['attributes'] : {}
    const isMute = mute.has(tag)
    if (isMute) muteIds.add(node['id'])
    tameAttributes(attributes, isMute)
    if (tag === 'canvas') attributes['style'] = canvasStyle(attributes)
    node['attributes'] = attributes
  }
  const tameMutation = (data: Members): void => {
    for (const add of listOf(data['adds'])) tameTree(add['node'])
    for (const { id, attributes } of listOf(data['attributes'])) if (isMembers(attributes)) tameAttributes(attributes, muteIds.has(id))
  }
  return {
    tame: (event) => {
      if (!isMembers(event) || !isMembers(event['data']) || typeof event['type'] !== 'number') return null
      const { type, data } = event
      if (type === fullSnapshot) {
        muteIds = new Set()
        tameTree(data['node'])
      } else if (type === incremental) {
        if (data['source'] === canvasMutation) return null
        if (data['source'] === mutation) tameMutation(data)
        if (mouseMoves.has(data['source']))
          data['positions'] = listOf(data['positions'])
            .slice(-1)
            .map((one) => ({ ...one, timeOffset: 0 }))
      } else if (type !== meta) return null
      return { type, data, timestamp: 0 }
    },
  }
}

/** Where no script runs a canvas is a box like any other, and would be as wide as its page. */
const canvasStyle = ({ width, height, style }: Members): string => {
  const pixels = (value: unknown, otherwise: number): number => Math.min(10_000, Number.parseInt(String(value), 10) || otherwise)
  return `width:${pixels(width, 300)}px;height:${pixels(height, 150)}px;${typeof style === 'string' ? style : ''}`
}

const isHarmlessUrl = (value: unknown): boolean => typeof value !== 'string' || /^\s*(data:image\/|data:font\/|#|$)/iu.test(value)

const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value)

const listOf = (value: unknown): Members[] => (Array.isArray(value) ? value.filter(isMembers) : [])
