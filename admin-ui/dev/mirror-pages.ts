/** A page of a machine, for the mirror. */
export const machineHtml = `<!doctype html><html lang="en"><head><title>Press 1</title>
<style>body{font:18px sans-serif;margin:2rem;background:#eef2f5}button{font:inherit;padding:.6rem 1.2rem}p{padding:1rem;background:#fff}canvas{display:block}</style></head>
<body><h1>Press 1</h1><p>State: <b id="state">Ready</b>, pieces <b id="count">0</b></p>
<button onclick="state.textContent='Calibrating'">Start calibration</button> <button id="more" onclick="count.textContent=Number(count.textContent)+1">One more</button>
<form><label for="speed">Speed</label> <input id="speed" value="10"> <label for="password">Password</label> <input id="password" type="password"></form>
<canvas width="200" height="80"></canvas></body></html>`

/** What a page can hold that would act where it is drawn; all of it acts, or asks, in the technician's own browser. */
export const hostileHtml = (origin: string): string => `<!doctype html><html><head>
<link rel="stylesheet" href="${origin}/evil/sheet.css"><link rel="preconnect" href="${origin}"><link rel="dns-prefetch" href="//evil.example">
<link rel="prefetch" href="${origin}/evil/prefetch"><link rel="icon" href="${origin}/evil/icon">
<style>@import url("${origin}/evil/import.css");body{background:url("${origin}/evil/background")}@font-face{font-family:f;src:url("${origin}/evil/font")}#harm{font-family:f}</style></head>
<body onload="window.harmed=1"><div id="harm">Harm</div>
<img src="${origin}/evil/image" onerror="window.harmed=1"><a id="link" href="javascript:window.harmed=1">link</a>
<iframe srcdoc="&lt;script&gt;top.harmed=1&lt;/script&gt;&lt;img src='${origin}/evil/srcdoc'&gt;"></iframe>
<object data="${origin}/evil/object"></object><embed src="${origin}/evil/embed"><video src="${origin}/evil/video" poster="${origin}/evil/poster" autoplay></video>
<form id="form" action="${origin}/evil/form"><input name="x"></form>
<svg><image href="${origin}/evil/svg"/><use href="${origin}/evil/use#x"/><script>window.harmed=1</script></svg></body></html>`

/** Batches that no recorder would make: a page can open the recorder's WebSocket itself and claim whatever it likes. */
export const hostileEvents = (origin: string): readonly (readonly object[])[] => {
  const element = (id: number, tagName: string, attributes: object, ...childNodes: object[]): object => ({
    type: 2,
    id,
    tagName,
    attributes,
    childNodes,
  })
  const text = (id: number, textContent: string): object => ({ type: 3, id, textContent })
  const evil = (name: string): string => `${origin}/evil/${name}`
  const head = element(
    3,
    'head',
    {},
    element(4, 'base', { href: evil('base/') }),
    element(5, 'meta', { 'http-equiv': 'refresh', content: `0;url=${evil('refresh')}` }),
    element(6, 'link', { rel: 'preconnect', href: origin }),
    element(7, 'link', { rel: 'stylesheet', href: evil('sheet.css') }),
    element(8, 'script', { src: evil('script.js') }),
    element(9, 'script', {}, text(10, 'top.harmed=1;window.harmed=1')),
    element(11, 'style', { _cssText: `@import "${evil('import.css')}"; body{background:url(${evil('background')})}` }),
    element(12, 'link', { rel: 'modulepreload', href: evil('module.js') }),
  )
  const body = element(
    20,
    'body',
    { onload: 'window.harmed=1', background: evil('bg') },
    element(21, 'img', { src: evil('img'), srcset: `${evil('srcset')} 2x`, onerror: 'window.harmed=1', rr_dataURL: evil('rr-data') }),
    element(22, 'iframe', { srcdoc: '<script>top.harmed=1</script>' }),
    element(23, 'iframe', { src: evil('frame') }),
    element(24, 'iframe', { rr_src: 'javascript:top.harmed=1' }),
    element(25, 'object', { data: evil('object') }),
    element(26, 'embed', { src: evil('embed') }),
    element(
      27,
      'a',
      { href: 'javascript:window.harmed=1', ping: evil('ping'), autofocus: 'true', onfocus: 'window.harmed=1' },
      text(28, 'link'),
    ),
    element(
      29,
      'form',
      { action: evil('form') },
      element(30, 'input', { type: 'image', src: evil('input'), formaction: evil('formaction') }),
    ),
    element(31, 'video', { src: evil('video'), autoplay: 'true', rr_mediaState: 'played' }),
    element(32, 'portal', { src: evil('portal') }),
    element(33, 'div', { style: `background:url(${evil('style')})`, id: 'late' }),
  )
  const later = (data: object): object => ({
    type: 3,
    data: { source: 0, texts: [], attributes: [], removes: [], adds: [], ...data },
    timestamp: 3,
  })
  return [
    [
      { type: 4, data: { href: 'javascript:window.harmed=1', width: 1e9, height: -5 }, timestamp: 1 },
      {
        type: 2,
        data: { node: { type: 0, id: 1, childNodes: [element(2, 'html', {}, head, body)] }, initialOffset: { top: 0, left: 0 } },
        timestamp: 2,
      },
    ],
    [
      later({
        attributes: [
          { id: 6, attributes: { rel: 'stylesheet', href: evil('late.css') } },
          { id: 33, attributes: { onclick: 'window.harmed=1', style: { 'background-image': [`url(${evil('late')})`, ''] } } },
        ],
      }),
      later({ adds: [{ parentId: 20, nextId: null, node: element(40, 'img', { src: evil('added'), onerror: 'window.harmed=1' }) }] }),
      { type: 3, data: { source: 10, fontSource: evil('font'), family: 'x', buffer: false }, timestamp: 4 },
      { type: 3, data: { source: 8, id: 11, adds: [{ rule: `@import "${evil('rule.css')}"`, index: 0 }] }, timestamp: 5 },
      {
        type: 3,
        data: {
          source: 9,
          id: 33,
          type: 0,
          commands: [{ property: 'drawImage', args: [{ rr_type: 'HTMLImageElement', src: evil('canvas') }] }],
        },
        timestamp: 6,
      },
      { type: 5, data: { tag: 'x', payload: {} }, timestamp: 7 },
      { type: 6, data: { plugin: 'x', payload: {} }, timestamp: 8 },
    ],
    // What is known of rrweb: markup that is rebuilt as markup, canvases that let scripts run, sheets that are adopted, documents in frames.
    [
      later({
        adds: [
          element(60, 'style', { _cssText: `</style><img src=x onerror="top.harmed=1;window.harmed=1"><style>` }),
          element(61, 'textarea', { value: '</textarea><script>top.harmed=1</script>' }),
          element(62, 'div', { 'x"><img src=x onerror="window.harmed=1': '', rr_width: '1px;background:url(x)', innerHTML: '<img src=x>' }),
          element(63, 'img src=x onerror=window.harmed=1', {}),
          element(64, 'iframe', {}),
          element(65, 'canvas', { rr_dataURL: `data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='top.harmed=1'/>` }),
          element(66, 'details', { open: '', ontoggle: 'window.harmed=1' }),
          element(67, 'a', { id: 'forged-link', href: ' java\nscript:top.harmed=1', target: '_top' }, text(68, 'open')),
          element(69, 'div', { isShadowHost: 'true' }),
          { type: 5, id: 70, textContent: '--><script>top.harmed=1</script>' },
          { type: 4, id: 71, textContent: ']]><script>top.harmed=1</script>' },
          { type: 1, id: 72, name: 'html', publicId: '"><script>top.harmed=1</script>', systemId: evil('dtd') },
          { ...element(73, 'script', {}, text(74, 'top.harmed=1;window.harmed=1')), isSVG: true },
        ].map((node) => ({ parentId: 20, nextId: null, node })),
      }),
      later({
        isAttachIframe: true,
        adds: [
          {
            parentId: 64,
            nextId: null,
            node: {
              type: 0,
              id: 80,
              childNodes: [
                element(81, 'html', {}, element(82, 'body', { onload: 'top.harmed=1' }, element(83, 'img', { src: evil('framed') }))),
              ],
            },
          },
        ],
      }),
      {
        type: 3,
        data: {
          source: 15,
          id: 1,
          styleIds: [1],
          styles: [
            {
              styleId: 1,
              rules: [{ rule: `@import "${evil('adopted-import.css')}"`, index: 0 }, { rule: `body{background:url(${evil('adopted')})}` }],
            },
          ],
        },
        timestamp: 6,
      },
      { type: 3, data: { source: 8, id: 11, replaceSync: `body{background:url(${evil('replaced')})}` }, timestamp: 6 },
      {
        type: 3,
        data: { source: 13, id: 11, index: [0], set: { property: 'background', value: `url(${evil('declared')})` } },
        timestamp: 6,
      },
      { type: 3, data: { source: 7, id: 31, type: 0, currentTime: 1, playbackRate: 1 }, timestamp: 6 },
      { type: 3, data: { source: 5, id: 30, text: evil('input'), isChecked: true }, timestamp: 6 },
      { type: 3, data: { source: 16, define: { name: 'x-y' } }, timestamp: 6 },
      {
        type: 3,
        data: { source: 9, id: 65, type: 1, commands: [{ property: 'constructor', args: ['top.harmed=1'], setter: true }] },
        timestamp: 6,
      },
    ],
    [later({ adds: [{ parentId: 20, nextId: null, node: element(50, 'p', { id: 'forged-last' }) }] })],
  ]
}
