type Child = Node | string

/** An element with attributes and children. Text is text: the page's policy forbids to parse any HTML. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}

/** Only where it changes, so that nothing is read out twice. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text
}

const drawings = {
  gateOpen: ['M3 28V7h4v3h4V7h3v3h4V7h3v3h4V7h4v21', 'M2 28h28', 'M10 28v-7a6 6 0 0 1 12 0v7', 'M10 21l-4.5-2v9M22 21l4.5-2v9'],
  gateClosed: [
    'M3 28V7h4v3h4V7h3v3h4V7h3v3h4V7h4v21',
    'M2 28h28',
    'M10 28v-7a6 6 0 0 1 12 0v7',
    'M13.5 16v12M16 15v13M18.5 16v12M10.5 20h11',
  ],
  pause: ['M10 6v20M22 6v20'],
  eye: ['M2 16c4-7 9-10 14-10s10 3 14 10c-4 7-9 10-14 10S6 23 2 16z', 'M16 11a5 5 0 1 0 0 10 5 5 0 0 0 0-10z'],
  eyeOff: ['M2 16c4-7 9-10 14-10s10 3 14 10c-4 7-9 10-14 10S6 23 2 16z', 'M5 28 27 4'],
  plug: ['M11 3v8M21 3v8M7 11h18v5a9 9 0 0 1-18 0zM16 25v5M4 4l24 24'],
  key: ['M20 4a8 8 0 1 1-4 15l-9 9H3v-4l10-9A8 8 0 0 1 20 4z'],
  hourglass: ['M8 4h16M8 28h16M10 4c0 8 12 8 12 12s-12 4-12 12M22 4c0 8-12 8-12 12s12 4 12 12'],
  dot: ['M16 7a9 9 0 1 0 0 18 9 9 0 0 0 0-18z', 'M16 13a3 3 0 1 0 0 6 3 3 0 0 0 0-6z'],
  ring: ['M16 7a9 9 0 1 0 0 18 9 9 0 0 0 0-18z', 'M7 25 25 7'],
  chat: ['M4 5h24v17H14l-7 6v-6H4z'],
  more: ['M6 16h.1M16 16h.1M26 16h.1'],
} as const
export type Icon = keyof typeof drawings

/** Decoration: the word beside it says the same. */
export function icon(name: Icon, size = 20): SVGSVGElement {
  const space = 'http://www.w3.org/2000/svg'
  const svg = document.createElementNS(space, 'svg')
  const attributes = {
    viewBox: '0 0 32 32',
    width: size,
    height: size,
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': name === 'more' ? 5 : 2.4,
  }
  for (const [key, value] of Object.entries({
    ...attributes,
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
    'aria-hidden': 'true',
  }))
    svg.setAttribute(key, String(value))
  for (const path of drawings[name]) {
    const line = document.createElementNS(space, 'path')
    line.setAttribute('d', path)
    svg.append(line)
  }
  return svg
}
