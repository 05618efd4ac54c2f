import type { LabHost } from '@/lab/lab-host'
import { worldOf } from '@/test/harness/lab-worlds'

/** Changes the first byte of a file on a lab host and leaves size and time as they are: what no copy sees. */
export const damageFile = (host: LabHost, path: string): Promise<string> =>
  host.exec(`kept=$(mktemp) && touch -r '${path}' "$kept" && printf '\\377' | dd of='${path}' bs=1 count=1 conv=notrunc status=none &&
  touch -r "$kept" '${path}' && rm "$kept"`)

/** The program that verifies, beside the one that copies, and the records of a directory. */
export function verifyingOn(host: LabHost) {
  const { syncProgram, slug, keeper } = worldOf(host)
  const base = syncProgram.replace(/\/lib\/.*/, '')
  const runs = keeper === 'root' ? `/var/lib/understudy/${slug}/runs` : `${base}/state/${slug}/runs`
  return {
    slug,
    syncProgram,
    keeper,
    runs,
    program: syncProgram.replace(/understudy-sync$/, 'understudy-verify'),
  }
}

/**
 * Verifies all directories now, and copies the vault meanwhile as its schedule would, so that what differs gets its second look in the same run.
 * Ends when that run has.
 */
export async function verifyNow(host: LabHost): Promise<void> {
  const { slug, syncProgram, program, keeper } = verifyingOn(host)
  await host.exec(
    `${program} ${slug} --now & verifying=$!; while kill -0 $verifying 2>/dev/null; do ${syncProgram} ${slug} vault --now >/dev/null; done; wait $verifying`,
    { user: keeper },
  )
}
