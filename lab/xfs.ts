import { join } from 'node:path'
import { run } from '@/lab/run-command'

/** A file of this machine as a block device, which is let go as soon as nothing has it mounted any more. */
export type BlockDevice = { readonly number: string; letGo(): Promise<void> }

/** mkfs.xfs makes none that is smaller. */
const leastMb = 320

/**
 * Makes a file system in a file whose files can share blocks (XFS with reflink), as a block device of this machine. `number`: `major minor`, as mknod(1)
 * takes it. Call `letGo` once it is mounted: from then on it goes with its last mount.
 */
export async function makeXfs(directory: string, name: string, sizeMb: number): Promise<BlockDevice> {
  const file = join(directory, `${name}.xfs`)
  await run('truncate', ['-s', `${Math.max(leastMb, sizeMb)}M`, file])
  await run('mkfs.xfs', ['-q', '-m', 'reflink=1', file])
  const device = (await run('losetup', ['--find', '--show', file])).trim()
  const number = (await run('stat', ['-c', '%Hr %Lr', device])).trim()
  return {
    number,
    letGo: async () => {
      await run('losetup', ['--detach', device])
    },
  }
}
