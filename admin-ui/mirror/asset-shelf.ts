import { createBoundedAssets } from './bounded-assets.ts'

/** Pictures and fonts that passed through the agent, as `data:`; nothing is fetched for a picture but what lies here. */
export interface AssetShelf {
  put(asset: { readonly service: string; readonly path: string; readonly data: string }): void
  find(service: string, path: string): string | null
  /** What lies here was of another session, or comes again. */
  clear(): void
}

export const createAssetShelf = (): AssetShelf => {
  const shelf = createBoundedAssets<{ readonly data: string }>()
  return {
    put: ({ service, path, data }) => {
      if (isAsset(data)) shelf.put(service, path, { data })
      else shelf.drop(service, path)
    },
    find: (service, path) => shelf.find(service, path)?.data ?? null,
    clear: shelf.clear,
  }
}

/** What the panel passes on was given by the agent; it is looked at all the same. */
const isAsset = (data: unknown): data is string =>
  typeof data === 'string' &&
  /^data:(?:image\/(?:png|jpeg|gif|webp|avif|bmp|x-icon|svg\+xml)|font\/woff2);base64,[A-Za-z0-9+/]+={0,2}$/u.test(data)

/**
 * What one page names, in the place of which the assets stand. An image is given at once, or later, by a change of its attribute. In style sheets an address becomes a
 * variable, which stands for nothing until the asset is there; fonts are declared anew, since their rules hold no variables.
 */
export interface PageAssets {
  /** `data:` for an image's address, or null; then `missing` holds it. */
  image(url: string, node: unknown, attribute: string): string | null
  css(text: string): string
  /** Images that are there by now: the change that shows them. */
  came(): readonly { readonly id: unknown; readonly attributes: Record<string, string> }[]
  /** Variables and fonts of what is there, for a style sheet of ours in the page. */
  style(): string
  /** Of the page's address: only what is of the same origin is looked for. */
  at(url: string): void
}

const mostNamed = 2_000
/** In a sheet, as the recorder writes it: absolute. `data:` stays. */
const cssUrl = /url\(\s*(?:"(https?:[^"\\]*)"|'(https?:[^'\\]*)'|(https?:[^)\s"'\\]*))\s*\)/giu
const fontFace = /@font-face\s*\{([^{}]*)\}/giu
const fontDescriptors = ['font-family', 'font-weight', 'font-style', 'font-stretch', 'unicode-range']

export const createPageAssets = (find: (path: string) => string | null): PageAssets => {
  let origin: string | null = null
  /** Address -> number of its variable. */
  const variables = new Map<string, number>()
  const fonts = new Map<string, { readonly descriptors: string; readonly urls: readonly string[] }>()
  const missing = new Map<string, { readonly url: string; readonly id: unknown; readonly attribute: string }>()

  const dataOf = (url: string): string | null => {
    const parsed = URL.parse(url)
    return parsed === null || parsed.origin !== origin ? null : find(`${parsed.pathname}${parsed.search}`)
  }
  const variable = (url: string): string => {
    if (!variables.has(url) && variables.size < mostNamed) variables.set(url, variables.size + 1)
    return `var(--sallyport-${variables.get(url) ?? 0},none)`
  }
  const declareFont = (body: string): string => {
    const urls = [...body.matchAll(cssUrl)].map(([, a, b, c]) => a ?? b ?? c ?? '')
    const descriptors = fontDescriptors
      .map((name) => new RegExp(String.raw`(?:^|[;\s])${name}\s*:\s*([^;{}]+)`, 'iu').exec(body)?.[1])
      .map((value, place) => (value === undefined ? '' : `${fontDescriptors[place]}:${value.trim()};`))
      .join('')
    if (urls.length > 0 && fonts.size < mostNamed) fonts.set(body, { descriptors, urls })
    return ''
  }
  return {
    at: (url) => void (origin = URL.parse(url)?.origin ?? null),
    image: (url, id, attribute) => {
      const data = dataOf(url)
      const key = `${String(id)} ${attribute}`
      if (data === null && missing.size < mostNamed && /^https?:/u.test(url)) missing.set(key, { url, id, attribute })
      else missing.delete(key)
      return data?.startsWith('data:image/') === true ? data : null
    },
    css: (text) =>
      text
        .replaceAll(fontFace, (whole, body: string) => (/url\(\s*["']?https?:/iu.test(body) ? declareFont(body) : whole))
        .replaceAll(cssUrl, (_whole, a?: string, b?: string, c?: string) => variable(a ?? b ?? c ?? '')),
    came: () => {
      const found: { readonly id: unknown; readonly attributes: Record<string, string> }[] = []
      for (const [key, { url, id, attribute }] of missing) {
        const data = dataOf(url)
        if (data?.startsWith('data:image/') !== true) continue
        missing.delete(key)
        found.push({ id, attributes: { [attribute]: data } })
      }
      return found
    },
    style: () => {
      const set = [...variables]
        .map(([url, n]) => ({ n, data: dataOf(url) }))
        .filter(({ data }) => data?.startsWith('data:image/') === true)
      const declared = [...fonts.values()].flatMap(({ descriptors, urls }) => {
        const data = urls.map(dataOf).find((one) => one?.startsWith('data:font/') === true)
        return data === undefined ? [] : [`@font-face{${descriptors}src:url("${data}") format("woff2")}`]
      })
      return `:root{${set.map(({ n, data }) => `--sallyport-${n}:url("${data}")`).join(';')}}${declared.join('')}`
    },
  }
}
