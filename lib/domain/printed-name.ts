/**
 * The name of a file as rsync(1) prints it in the C locale: printable ASCII as it is, every other byte as `\#` and three octal digits, and so a
 * backslash that would look like that.
 */
export function printedName(bytes: Uint8Array): string {
  const escaped = (byte: number) => `\\#${byte.toString(8).padStart(3, '0')}`
  const text = Array.from(bytes, (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : escaped(byte),
  )
  return text
    .map((each, at) =>
      each === '\\' && /^#[0-7]{3}/.test(text.slice(at + 1, at + 5).join('')) ? escaped(0x5c) : each,
    )
    .join('')
}
