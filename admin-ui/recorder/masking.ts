/** Every kind of field that holds what somebody typed or was given; `hidden` too, where pages keep tokens. Buttons, boxes and radios have no secrets. */
export const maskedInputs = {
  color: true,
  date: true,
  'datetime-local': true,
  email: true,
  file: true,
  hidden: true,
  month: true,
  number: true,
  password: true,
  range: true,
  search: true,
  select: true,
  tel: true,
  text: true,
  textarea: true,
  time: true,
  url: true,
  week: true,
}

/** What is written in place, and the text between the tags of a `textarea`. */
export const maskedText = 'textarea, [contenteditable]:not([contenteditable="false" i])'

/** Of a password not even its length. The recorder marks fields that were one once (`data-rr-is-password`). */
export function maskInput(text: string, element: HTMLElement): string {
  if (text === '') return ''
  const isPassword = element.getAttribute('type')?.toLowerCase() === 'password' || element.hasAttribute('data-rr-is-password')
  return '\u2022'.repeat(isPassword ? 8 : text.length)
}
