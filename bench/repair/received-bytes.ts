/**
 * What a network device has received since it came up, in bytes: the first number behind its name in proc(5)'s `net/dev`. Throws where the
 * device is not there.
 */
export function receivedBytes(text: string, device: string): number {
  for (const line of text.split('\n')) {
    const [name, numbers] = line.split(':')
    if (name?.trim() !== device || numbers === undefined) continue
    return Number(numbers.trim().split(/\s+/)[0])
  }
  throw new Error(`there is no device ${device}`)
}
