import { formatBytes } from '@/lib/domain/format-bytes'

/** What a drill leaves free on every file system that it writes to, bytes: a standby whose disk is full stops. */
export const drillReserveBytes = 250_000_000

/** Why a drill has to give way to the standby's own need of its disks, in a sentence; null while it need not. */
export function whyNoRoom(
  free: readonly { readonly path: string; readonly freeBytes: number }[],
  hostName: string,
): string | null {
  const full = free.find(({ freeBytes }) => freeBytes < drillReserveBytes)
  return full
    ? `${formatBytes(full.freeBytes)} are left in ${full.path} on ${hostName}; a drill leaves ${formatBytes(drillReserveBytes)} there.`
    : null
}
