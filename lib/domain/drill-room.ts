import { formatBytes } from '@/lib/domain/format-bytes'

/** A standby whose disk is full stops. */
const leastBytes = 250_000_000

/**
 * What a drill leaves free on a file system that it writes to, bytes: never less than would make the pair degraded (`diskFreePercent` of the
 * profile's limits).
 */
export const drillReserve = (sizeBytes: number, diskFreePercent: number): number =>
  Math.max(leastBytes, Math.ceil((sizeBytes * diskFreePercent) / 100))

/** Why a drill has to give way to the standby's own need of its disks, in a sentence; null while it need not. */
export function whyNoRoom(
  free: readonly { readonly path: string; readonly freeBytes: number; readonly sizeBytes: number }[],
  { hostName, diskFreePercent }: { readonly hostName: string; readonly diskFreePercent: number },
): string | null {
  for (const { path, freeBytes, sizeBytes } of free) {
    const reserve = drillReserve(sizeBytes, diskFreePercent)
    if (freeBytes < reserve)
      return `${formatBytes(freeBytes)} are left in ${path} on ${hostName}; a drill leaves ${formatBytes(reserve)} there.`
  }
  return null
}
