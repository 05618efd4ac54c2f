import { asksListening, parseListening } from '@/lib/facts/link-survey'
import type { HostDoor } from '@/lib/ports/host-door'

/** Whether anything accepts connections at an address, as this host sees it. Throws HOST_* where it can't be asked. */
export async function isListening(door: HostDoor, address: string, port: number): Promise<boolean> {
  const { exitCode } = await door.run(asksListening(address, port), { timeoutMs: 10_000 })
  return parseListening(exitCode, door.hostName, address)
}
