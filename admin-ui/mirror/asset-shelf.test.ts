import { beforeEach, describe, expect, test } from 'vitest'
import { createAssetShelf, createPageAssets } from './asset-shelf.ts'
import { mostAssets } from './bounded-assets.ts'
import type { PageAssets } from './asset-shelf.ts'

const png = 'data:image/png;base64,AAAA'
const font = 'data:font/woff2;base64,BBBB'
let shelf: ReturnType<typeof createAssetShelf>
let assets: PageAssets
beforeEach(() => {
  shelf = createAssetShelf()
  assets = createPageAssets((path) => shelf.find('hmi', path))
  assets.at('https://hmi.example/start?x#y')
})
const put = (path: string, data = png, service = 'hmi'): void => shelf.put({ service, path, data })

describe('assets of a mirrored page', () => {
  test('stand in the place of images of the same origin and service, at once or when they come', () => {
    put('/a.png')
    put('/other.png', png, 'plc')
    expect(assets.image('https://hmi.example/a.png', 1, 'src')).toBe(png)
    expect(assets.image('https://hmi.example/a.png?v=2', 2, 'src')).toBeNull()
    expect(assets.image('https://elsewhere.example/a.png', 3, 'src')).toBeNull()
    expect(assets.image('https://hmi.example/other.png', 4, 'href')).toBeNull()
    expect(assets.image('javascript:1', 5, 'src')).toBeNull()
    put('/font', font)
    expect(assets.image('https://hmi.example/font', 6, 'src')).toBeNull()
    expect(assets.came()).toEqual([])
    put('/a.png?v=2')
    expect(assets.came()).toEqual([{ id: 2, attributes: { src: png } }])
    expect(assets.came()).toEqual([])
  })

  test('stand in style sheets as variables, and nothing is asked for what is not there', () => {
    const css = assets.css(
      `a{background:url("https://hmi.example/a.png") no-repeat}b{mask:url(https://elsewhere.example/b.svg)}i{background:url('https://hmi.example/a.png')}u{background:url(data:image/png;base64,CC)}`,
    )
    expect(css).toBe(
      'a{background:var(--sallyport-1,none) no-repeat}b{mask:var(--sallyport-2,none)}i{background:var(--sallyport-1,none)}u{background:url(data:image/png;base64,CC)}',
    )
    expect(assets.style()).toBe(':root{}')
    put('/a.png')
    put('/b.svg')
    expect(assets.style()).toBe(`:root{--sallyport-1:url("${png}")}`)
  })

  test('declare fonts anew, from those that are there', () => {
    const face = `@font-face {font-family:"Icons"; font-weight: 400; src:url("https://hmi.example/i.eot"); src:url("https://hmi.example/i.woff2?v=4") format("woff2"),url(https://hmi.example/i.ttf)}`
    expect(assets.css(`a{b:c}${face}d{e:f}`)).toBe('a{b:c}d{e:f}')
    expect(assets.style()).toBe(':root{}')
    put('/i.woff2?v=4', font)
    expect(assets.style()).toBe(`:root{}@font-face{font-family:"Icons";font-weight:400;src:url("${font}") format("woff2")}`)
    const own = '@font-face{font-family:x;src:url(data:font/woff2;base64,AA)}'
    expect(assets.css(own)).toBe(own)
  })

  test('are gone when they are of another session, or when nothing stands there any more', () => {
    put('/a.png')
    put('/b.png')
    put('/b.png', '')
    expect([shelf.find('hmi', '/a.png'), shelf.find('hmi', '/b.png')]).toEqual([png, null])
    shelf.clear()
    expect(shelf.find('hmi', '/a.png')).toBeNull()
  })

  test('are no more than a bound in number: the oldest go', () => {
    for (let n = 0; n < mostAssets; n += 1) put(`/${n}`)
    expect(shelf.find('hmi', '/0')).toBe(png)
    put('/1')
    put('/more')
    put('/0')
    expect(['/0', '/1', '/2', '/3'].map((path) => shelf.find('hmi', path))).toEqual([png, png, null, png])
  })

  test('are nothing but base64 of an image or a font, whatever is put there', () => {
    for (const data of [
      'https://e/',
      'data:text/html;base64,AA',
      'data:image/png;base64,AA")}a{',
      'data:image/png,<svg>',
      'data:image/svg+xml;utf8,<svg>',
    ])
      put('/a.png', data)
    expect(assets.image('https://hmi.example/a.png', 1, 'src')).toBeNull()
  })
})
