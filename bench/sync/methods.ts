import type { Measured } from '@/bench/report/run-rounds'
import { moduleOf, type SyncGround, ssh } from '@/bench/sync/ground'
import type { Workload } from '@/bench/sync/options'

/** One directory of the primary, and at which sizes the product parts it. */
export type SyncWork = {
  readonly workload: Workload | 'million'
  readonly tree: string
  /** For so many streams; as the product chooses where none is given. */
  readonly borders: (streams?: number) => readonly number[]
}

/** A way to copy it, as shell text on the standby. */
export type SyncMethod = Measured & {
  readonly first: (work: SyncWork) => string
  /** Null where it knows no other copy than a first one. */
  readonly again: ((work: SyncWork) => string) | null
  /** Before and after the clock runs. */
  readonly open?: string
  readonly close?: string
  /** Where it is run and leaves its copy, if not on the standby in the tree's own place. */
  readonly elsewhere?: { readonly host: 'primary'; readonly target: string }
}

/** What an administrator writes into cron. */
export const plainId = 'rsync'

const program = '/usr/local/lib/understudy/understudy-sync'

const understudy = (streams?: number): SyncMethod => ({
  id: streams === undefined ? 'understudy' : `understudy-${streams}`,
  title: streams === undefined ? 'Understudy' : `Understudy, at most ${streams} at once`,
  rank: streams === undefined ? 'ours' : 'peer',
  first: ({ workload, borders }) => `${program} ${workload} tree --first ${borders(streams).join(' ')}`,
  again: ({ workload }) => `${program} ${workload} tree --now`,
})

/** The same with a list of files that comes piece by piece, while others are copied: less memory, and later knowledge of hard links. */
const inPieces: SyncMethod = {
  id: 'understudy-pieces',
  title: 'Understudy, its list in pieces',
  rank: 'peer',
  open: `sed 's/ --no-inc-recursive//' ${program} >${program}-pieces && chmod 755 ${program}-pieces`,
  first: ({ workload, borders }) => `${program}-pieces ${workload} tree --first ${borders().join(' ')}`,
  again: understudy().again,
}

const control = '/run/bench-ssh'

/** Everything that is measured; `streams`: in how many the first copy of ours is tried too. */
export function syncMethods(
  { primary }: SyncGround,
  { streams }: { readonly streams: readonly number[] },
): readonly SyncMethod[] {
  const login = `root@${primary.address}`
  const gcm = `${ssh} -c aes128-gcm@openssh.com`
  const rsync = (shell: string, options: string, tree: string) =>
    `mkdir -p ${tree} && rsync ${options} -e '${shell}' ${login}:${tree}/ ${tree}/`
  const both = (shell: string, options = '-a') => ({
    first: ({ tree }: SyncWork) => rsync(shell, options, tree),
    again: ({ tree }: SyncWork) => rsync(shell, options, tree),
  })
  const daemon = ({ tree }: SyncWork) =>
    `mkdir -p ${tree} && rsync -a rsync://${primary.address}/${moduleOf(tree)}/ ${tree}/`
  return [
    understudy(),
    ...streams.map((count) => understudy(count)),
    inPieces,
    { id: plainId, title: 'rsync -a over ssh', rank: 'peer', ...both(ssh) },
    {
      id: 'rsync-all',
      title: 'rsync -aHAX over ssh, AES',
      rank: 'peer',
      ...both(gcm, '-aHAX --numeric-ids'),
    },
    {
      id: 'kept',
      title: 'rsync -a, AES, by an open connection',
      rank: 'floor',
      ...both(`${gcm} -S ${control}`),
      open: `${gcm} -M -S ${control} -fN ${login} </dev/null >/dev/null 2>&1`,
      close: `${gcm} -S ${control} -O exit ${login}`,
    },
    {
      id: 'two',
      title: 'rsync -aW twice, small and large, AES',
      rank: 'floor',
      first: ({ tree }) => `mkdir -p ${tree}
rsync -aW --max-size=65536 -e '${gcm}' ${login}:${tree}/ ${tree}/ & small=$!
rsync -aW --min-size=65537 -e '${gcm}' ${login}:${tree}/ ${tree}/ && wait $small`,
      again: null,
    },
    {
      id: 'tar',
      title: 'tar through ssh, AES',
      rank: 'floor',
      first: ({ tree }) =>
        `mkdir -p ${tree} && ${gcm} ${login} tar -C ${tree} -cf - . | tar -C ${tree} -xpf -`,
      again: null,
    },
    { id: 'daemon', title: 'rsync -a, daemon, not encrypted', rank: 'peer', first: daemon, again: daemon },
    {
      id: 'cp',
      title: 'cp -a on one host: the disk alone',
      rank: 'peer',
      first: ({ tree }) => `cp -a ${tree} /srv/bench-copy`,
      again: null,
      elsewhere: { host: 'primary', target: '/srv/bench-copy' },
    },
  ]
}
