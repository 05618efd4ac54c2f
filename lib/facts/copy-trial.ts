import type { CopyCompression, CopyTrial } from '@/lib/domain/copy-compression'

/** What `trialBackup` printed. A trial that failed, or wrote nothing, has no figure. */
export function parseCopyTrial(
  method: CopyCompression,
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
): CopyTrial {
  const [, bytes, ms, exit] = /^bytes=(\d+) ms=(\d+) exit=(\d*)$/m.exec(stdout) ?? []
  const hasFigure = (exit === '' || exit === '0') && Number(bytes) > 0
  return {
    method,
    written: hasFigure ? { bytes: Number(bytes), ms: Number(ms) } : null,
    isWhole: exit === '0',
    refusal: hasFigure ? '' : (stderr.trim().split('\n').at(-1) ?? ''),
  }
}
