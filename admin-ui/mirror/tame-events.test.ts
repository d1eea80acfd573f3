import { describe, expect, test } from 'vitest'
import { createEventTamer } from './tame-events.ts'

const onePixel = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const smallCanvas = 'data:image/webp;base64,UklGRhYAAABXRUJQVlA4WAoAAAAAAAAABwAABwAA'

const element = (tagName: string, attributes: object, ...childNodes: object[]) => ({ type: 2, id: 7, tagName, attributes, childNodes })
const tamed = (node: object): unknown => createEventTamer().tame({ type: 2, data: { node }, timestamp: 1 })?.data['node']

describe('taming recorded events', () => {
  test('takes out what would act or ask for something', () => {
    expect(tamed(element('A', { HREF: 'javascript:1', onClick: 'x()', ping: '//e', title: 'stays' }))).toMatchObject({
      attributes: { HREF: '#', title: 'stays' },
    })
    expect(tamed(element('a', { href: 'https://e' }))).toMatchObject({ attributes: { href: '#' } })
    expect(tamed(element('img', { src: 'http://e/x', onerror: 'x()', srcset: 'http://e/y 2x', alt: 'a' }))).toMatchObject({
      attributes: { alt: 'a' },
    })
    expect(
      Object.keys(
        (tamed(element('iframe', { srcdoc: '<p>', src: '//e', rr_src: 'http://e', width: '9' })) as { attributes: object }).attributes,
      ),
    ).toEqual(['width'])
    expect(tamed(element('object', { data: '//e' }))).toMatchObject({ tagName: 'div', attributes: {} })
    expect((tamed(element('link', { rel: 'preconnect', href: '//e' })) as { attributes: object }).attributes).toEqual({})
    expect((tamed(element('meta', { 'http-equiv': 'refresh', content: '0;url=//e' })) as { attributes: object }).attributes).toEqual({})
    expect((tamed(element('base', { href: '//e' })) as { attributes: object }).attributes).toEqual({})
  })

  test('leaves what a page looks like', () => {
    const page = element('div', { class: 'a', style: 'color:red' }, element('link', { _cssText: 'b{}' }), element('img', { src: onePixel }))
    expect(tamed(structuredClone(page))).toEqual(page)
    expect(tamed(element('canvas', { width: '200', height: 'x' }))).toMatchObject({
      attributes: { style: '--sallyport-width:200;--sallyport-height:150;' },
    })
  })

  test('tames what comes later too, also of an element that was mute before', () => {
    const tamer = createEventTamer()
    tamer.tame({ type: 2, data: { node: element('link', { rel: 'x' }) } })
    const change = {
      adds: [{ parentId: 1, node: element('img', { onerror: 'x()' }) }],
      attributes: [
        { id: 7, attributes: { rel: 'stylesheet', href: 'data:,' } },
        { id: 8, attributes: { onload: 'x()', class: 'c' } },
      ],
    }
    expect(tamer.tame({ type: 3, data: { source: 0, ...change } })?.data).toMatchObject({
      adds: [{ node: { attributes: {} } }],
      attributes: [{ attributes: {} }, { attributes: { class: 'c' } }],
    })
    expect(change.attributes[0]?.attributes).toEqual({})
  })

  test('puts assets in the place of what names them, everywhere that a style may stand', () => {
    const { tame } = createEventTamer({
      at: () => {},
      css: (text) => text.replaceAll(/url\([^)]*\)/gu, 'none'),
      image: (url, id, attribute) => (url.endsWith('.png') ? `data:image/png;base64,${String(id)}${attribute}` : null),
    })
    const sheet = { ...element('style', {}, { type: 3, id: 8, textContent: 'a{b:url(http://m/c)}' }), id: 9 }
    const page = element('div', { style: 'background:url(http://m/x)' }, element('img', { src: 'http://m/a.png' }), sheet, {
      type: 3,
      id: 10,
      textContent: 'said: url(x)',
    })
    expect(tame({ type: 2, data: { node: page } })?.data['node']).toMatchObject({
      attributes: { style: 'background:none' },
      childNodes: [
        { attributes: { src: 'data:image/png;base64,7src' } },
        { childNodes: [{ textContent: 'a{b:none}' }] },
        { textContent: 'said: url(x)' },
      ],
    })
    const change = (data: object): unknown => tame({ type: 3, data })?.data
    const attributes = [{ id: 7, attributes: { style: { 'background-image': ['url(http://m/y)', 'important'], color: false } } }]
    const texts = [
      { id: 8, value: 'url(z)' },
      { id: 10, value: 'url(z)' },
    ]
    expect(change({ source: 0, attributes, texts })).toMatchObject({
      attributes: [{ attributes: { style: { 'background-image': ['none', 'important'], color: false } } }],
      texts: [{ value: 'none' }, { value: 'url(z)' }],
    })
    expect(change({ source: 8, adds: [{ rule: 'a{b:url(c)}' }] })).toMatchObject({ adds: [{ rule: 'a{b:none}' }] })
    expect(change({ source: 13, set: { property: 'x', value: 'url(c)' } })).toMatchObject({ set: { value: 'none' } })
    expect(change({ source: 15, styles: [{ rules: [{ rule: 'a{b:url(c)}' }] }] })).toMatchObject({
      styles: [{ rules: [{ rule: 'a{b:none}' }] }],
    })
  })

  test('draws a canvas as the recorder saw it, and nothing else that calls itself one', () => {
    const { tame } = createEventTamer()
    const drawn = (payload: unknown, tag = 'sallyport.canvas') => tame({ type: 5, data: { tag, payload } })?.data
    expect(drawn({ id: 7, data: smallCanvas })).toMatchObject({
      source: 0,
      attributes: [{ id: 7, attributes: { style: { 'background-image': [`url("${smallCanvas}")`, 'important'] } } }],
    })
    for (const data of ['http://e/x', 'data:text/html;base64,AAAA', 'data:image/webp;base64,AA");x', 'data:image/svg+xml;base64,AAAA'])
      expect(drawn({ id: 7, data })).toBeUndefined()
    expect([drawn({ id: 'x', data: smallCanvas }), drawn(null), drawn({}, 'other')]).toEqual([undefined, undefined, undefined])
  })

  test('passes nothing on that is no snapshot, change or size, and bears nonsense', () => {
    const { tame } = createEventTamer()
    for (const event of [
      null,
      1,
      {},
      { type: 5, data: {} },
      { type: 6, data: {} },
      { type: 3, data: { source: 9 } },
      { type: 2, data: null },
    ])
      expect(tame(event)).toBeNull()
    for (const data of [{ source: 0, adds: 5, attributes: [null, { id: 1 }] }, { source: 1, positions: 'x' }, { node: 5 }])
      expect(tame({ type: 'node' in data ? 2 : 3, data })).not.toBeNull()
  })
})
