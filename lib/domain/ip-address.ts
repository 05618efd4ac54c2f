/** An IP address as a number; an IPv4 address written within IPv6 (`::ffff:10.1.2.3`) is that of version 4. */
type IpAddress = { readonly family: 4 | 6; readonly value: bigint }

const bitsOf = { 4: 32n, 6: 128n } as const

function parseV4(text: string): bigint | null {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return null
  const bytes = text.split('.').map(Number)
  return bytes.every((byte) => byte <= 255)
    ? bytes.reduce((all, byte) => all * 256n + BigInt(byte), 0n)
    : null
}

/** Two groups instead of an IPv4 address at the end. */
function withoutDots(text: string): string | null {
  const [, head = '', tail = ''] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text) ?? []
  if (tail === '') return text
  const value = parseV4(tail)
  return value === null ? null : `${head}${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`
}

function parseV6(text: string): bigint | null {
  const plain = withoutDots(text.replace(/%.*$/, ''))
  if (plain === null || !plain.includes(':')) return null
  const [before = '', after, ...more] = plain.split('::')
  const groupsOf = (part: string) => (part === '' ? [] : part.split(':'))
  const [first, last] = [groupsOf(before), groupsOf(after ?? '')]
  const zeros = 8 - first.length - last.length
  const isWhole = after === undefined ? zeros === 0 : zeros > 0
  const groups = [...first, ...Array<string>(Math.max(0, zeros)).fill('0'), ...last]
  if (more.length > 0 || !isWhole || !groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null
  return groups.reduce((all, group) => all * 0x10000n + BigInt(`0x${group}`), 0n)
}

/** An address of either version, in whichever spelling; null for what is none. */
function parseIp(text: string): IpAddress | null {
  const four = parseV4(text)
  if (four !== null) return { family: 4, value: four }
  const six = parseV6(text)
  if (six === null) return null
  return six >> 32n === 0xffffn ? { family: 4, value: six & 0xffff_ffffn } : { family: 6, value: six }
}

export const isAddress = (text: string): boolean => parseIp(text) !== null

/** Whether two texts are the same address: `fd00::1` and `fd00:0:0:0:0:0:0:1` are. */
export function isSameAddress(one: string, other: string): boolean {
  const [a, b] = [parseIp(one), parseIp(other)]
  return a !== null && b !== null && a.family === b.family && a.value === b.value
}

/** Whether an address lies in a network that is given by an address and a mask, e.g. `10.1.2.0` and `255.255.255.0`. */
export function isInNetwork(address: string, network: string, mask: string): boolean {
  const [a, n, m] = [parseIp(address), parseIp(network), parseIp(mask)]
  if (a === null || n === null || a.family !== n.family) return false
  const all = (1n << bitsOf[n.family]) - 1n
  const value = m?.value ?? all
  return (a.value & value) === (n.value & value)
}
