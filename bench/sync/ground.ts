import { patient } from '@/bench/pair/bench-pair'
import type { LabHost } from '@/lab/lab-host'
import { borderSizes, type CopiedTree, streamsAtOnce } from '@/lib/domain/copy-streams'
import { parsePaths, pathsQuestion } from '@/lib/facts/path-survey'
import { setRole, setUpSync, syncBetween } from '@/test/harness/sync-hosts'

/** Two hosts between which everything may be copied by hand, and by Understudy what was prepared for it. */
export type SyncGround = { readonly primary: LabHost; readonly standby: LabHost }

const key = '/root/.ssh/bench'
/** ssh as one who types it has it. */
export const ssh = `ssh -F /dev/null -i ${key} -o BatchMode=yes`
/** Modules of the daemon, by their paths. */
const daemonModules = ['/srv/bench', '/srv/bench/small', '/srv/bench/large', '/srv/million'] as const
export const moduleOf = (tree: string): string => tree.slice(1).replaceAll('/', '-')

/** The standby's root is let in on the primary by a key, and by a daemon of rsync without one. */
export async function openGround({ primary, standby }: SyncGround): Promise<void> {
  const publicKey = await standby.exec(
    `mkdir -p -m 700 /root/.ssh && ssh-keygen -q -t ed25519 -N '' -f ${key} && cat ${key}.pub`,
  )
  await primary.exec('mkdir -p -m 700 /root/.ssh && cat >>/root/.ssh/authorized_keys', {
    input: `${publicKey}\n`,
  })
  await standby.exec('cat >>/root/.ssh/known_hosts', { input: `${primary.address} ${primary.hostKey}\n` })
  // Without a name service a look for the standby's name takes 10 s each time.
  const modules = daemonModules.map((path) => `[${moduleOf(path)}]\npath = ${path}\n`).join('')
  await primary.exec('cat >/root/rsyncd.conf && rsync --daemon --config=/root/rsyncd.conf', {
    input: `uid = root\ngid = root\nuse chroot = no\nreverse lookup = no\n${modules}`,
  })
  await setRole(standby, 'standby')
}

/** Sets a pair up whose one directory `tree` this is, as a create would. */
export async function prepareSync(
  { primary, standby }: SyncGround,
  slug: string,
  path: string,
): Promise<void> {
  const directory = { id: 'tree', title: slug, path, log: `rsync_${slug}.log`, schedule: '* * * * *' }
  await setUpSync(syncBetween(primary, standby, { slug, directories: [directory] }), primary, standby)
}

/** The tree as a preflight counts it, with the time that it may take there. */
export async function countTree({ primary }: SyncGround, path: string): Promise<CopiedTree> {
  const text = await primary.exec(pathsQuestion([path], 10, true).text, patient)
  const [found] = parsePaths(text)
  if (!found) throw new Error(`${path} was not counted`)
  return { sizes: found.sizes, isWhole: found.walk === 'whole' }
}

/** At which sizes the product parts the tree, or would for so many streams. */
export async function bordersOf(
  { primary, standby }: SyncGround,
  tree: CopiedTree,
  streams?: number,
): Promise<readonly number[]> {
  if (streams !== undefined) return borderSizes(tree, streams)
  const processors = await Promise.all(
    [primary, standby].map(async (host) => Number(await host.exec('nproc'))),
  )
  return borderSizes(tree, streamsAtOnce(processors))
}
