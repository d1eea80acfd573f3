/**
 * The head of a request as it is sent (RFC 9112, section 2.1). Everything in it was checked before; this is the last place where a character could still
 * begin a line of its own, a wide one too that Node would write as its low byte.
 *
 * @throws Error
 */
export function requestHead(method: string, target: string, headers: readonly string[]): string {
  if (!/^[A-Z-]+$/.test(method) || !/^[\x21-\x7e]+$/.test(target)) throw new Error('a method or a target that is none')
  let head = `${method} ${target} HTTP/1.1\r\n`
  for (let at = 0; at < headers.length; at += 2) {
    const value = headers[at + 1]!
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) throw new Error(`the header ${headers[at]} has a character that cannot be sent`)
    head += `${headers[at]}: ${value}\r\n`
  }
  return head + '\r\n'
}
