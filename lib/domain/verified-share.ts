import { formatPercent } from '@/lib/domain/format-percent'
import type { DirectoryVerification, Instant } from '@/lib/domain/observation'

/** How much of a directory is verified: every byte of that part was compared at some time from `since` on, by the host's clock. */
export type VerifiedShare = {
  readonly files: number
  readonly wholeFiles: number
  readonly bytes: number
  readonly wholeBytes: number
  readonly since: Instant
  /** It is being gone over, for the first time or again. */
  readonly isUnderWay: boolean
}

/**
 * What can be said to be verified; null where nothing was. While a directory is gone over again, what lies behind the place that was
 * reached was verified the time before.
 */
export function verifiedShare(
  verification: Pick<DirectoryVerification, 'files' | 'bytes' | 'pass' | 'lastPass'> | null | undefined,
): VerifiedShare | null {
  if (!verification?.pass) return null
  const { pass, lastPass } = verification
  const isUnderWay = pass.endedAt === null
  const before = isUnderWay ? lastPass : null
  const [files, bytes] = [Math.max(pass.files, before?.files ?? 0), Math.max(pass.bytes, before?.bytes ?? 0)]
  return {
    files: Math.min(files, verification.files),
    wholeFiles: verification.files,
    bytes: Math.min(bytes, verification.bytes),
    wholeBytes: verification.bytes,
    since: before?.startedAt ?? pass.startedAt,
    isUnderWay,
  }
}

/** As one figure, by bytes; 100 % only where every file is verified, the empty ones too. */
export function verifiedPercent({ files, wholeFiles, bytes, wholeBytes }: VerifiedShare): string {
  return files >= wholeFiles ? formatPercent(1, 1) : formatPercent(bytes, wholeBytes + 1)
}
