import type { Lab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import { readLock } from '@/lib/commands/host-lock'
import { parseHostLock } from '@/lib/domain/host-lock'
import { hostPlaces } from '@/lib/domain/host-places'
import type { Operation } from '@/lib/domain/operation'
import { isHolding } from '@/lib/domain/operation-state'

/** What stands on one host, read past the network and without asking the dashboard. */
type HostState = {
  readonly name: string
  readonly isOn: boolean
  /** System identifiers of all data directories, the one in use first. */
  readonly identifiers: readonly string[]
  readonly isWritable: boolean
  readonly isScheduled: boolean
  /** What the host says that it is for the files, where the pair has no database; else empty. */
  readonly fileRole: string
  readonly identity: string
  /** Files of the host's own from before, by their content, wherever they lie now. */
  readonly ownFiles: number
  readonly commandLines: string
  readonly lock: string
  readonly rows: number
}

/** The rules of `3-operations.md` by their numbers; what is broken, in a sentence. */
export type Broken = { readonly rule: number; readonly sentence: string }

const places = hostPlaces({ privilege: 'root', user: 'root', home: '/root' })

const question = `
echo "identifiers $(for d in /var/lib/postgresql/15/main /var/lib/postgresql/15/main.understudy-*; do case $d in *-copy) continue;; esac; /usr/lib/postgresql/15/bin/pg_controldata -D "$d" 2>/dev/null | sed -n 's/^Database system identifier: *//p'; done | tr '\\n' ' ')"
role=$(setpriv --reuid=postgres --regid=postgres --init-groups psql -XAtqc 'select pg_is_in_recovery()' postgres 2>/dev/null); echo "role $role"
[ -e /etc/cron.d/understudy-ledger ] && echo "scheduled yes"
echo "file-role $(cat /var/lib/understudy/ledger/file-role 2>/dev/null)"
echo "identity $(cat /etc/machine-id) $(cut -d' ' -f2 /etc/ssh/ssh_host_ed25519_key.pub)"
echo "own $(find /srv/ledger -name 'before-*' -type f 2>/dev/null | wc -l)"
[ -z "$role" ] || echo "rows $(setpriv --reuid=postgres --regid=postgres --init-groups psql -XAtqc 'select coalesce(max(id), 0) from entries' ledger 2>/dev/null)"
for f in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <$f 2>/dev/null; done | sed 's/^/command /'; echo`

async function readState(host: LabHost): Promise<HostState> {
  const off = {
    identifiers: [],
    isWritable: false,
    isScheduled: false,
    fileRole: '',
    ownFiles: 0,
    rows: 0,
  }
  const none = { name: host.name, isOn: false, identity: '', commandLines: '', lock: '', ...off }
  if (!host.isOn()) return none
  const { stdout } = await host.tryExec(question, { timeoutMs: 120_000 })
  const lines = stdout.split('\n')
  const read = (key: string) => lines.find((line) => line.startsWith(`${key} `))?.slice(key.length + 1) ?? ''
  const lock = (await host.tryExec(readLock(places).text)).stdout.replace(/^held\n/, '')
  return {
    name: host.name,
    isOn: true,
    identifiers: read('identifiers').trim().split(/\s+/).filter(Boolean),
    isWritable: read('role') === 'f',
    isScheduled: read('scheduled') === 'yes',
    fileRole: read('file-role').trim(),
    identity: read('identity'),
    ownFiles: Number(read('own')),
    rows: Number(read('rows')),
    commandLines: stdout,
    lock,
  }
}

export type Before = readonly HostState[]
export const readBefore = (lab: Lab): Promise<Before> => Promise.all(lab.hosts.map(readState))

type Now = readonly (readonly [now: HostState, before: HostState])[]

function dataRules(now: Now): Broken[] {
  const shared = (states: readonly HostState[]) => {
    const writable = states
      .filter(({ isWritable }) => isWritable)
      .map(({ identifiers }) => identifiers[0] ?? '?')
    return writable.length - new Set(writable).size
  }
  // A fence begins with two: what is counted is what we add.
  return [
    ...(shared(now.map(([state]) => state)) > shared(now.map(([, before]) => before))
      ? [{ rule: 1, sentence: 'two hosts write to the same database' }]
      : []),
    ...now.flatMap(([state, before]) => [
      ...before.identifiers
        .filter((identifier) => state.isOn && !state.identifiers.includes(identifier))
        .map((identifier) => ({ rule: 2, sentence: `${state.name} has lost its data ${identifier}` })),
      ...(state.isOn && state.ownFiles < before.ownFiles
        ? [{ rule: 2, sentence: `${state.name} has ${state.ownFiles} of ${before.ownFiles} files of before` }]
        : []),
    ]),
  ]
}

const isCopying = /^command (?:\S*sh )?\/usr\/local\/lib\/understudy\/understudy-sync /m

/**
 * Files flow only to a host that is not writable; a standby that is not one yet has its own identifier. Without a database the host
 * itself says which it is.
 */
function fileRules(now: Now): Broken[] {
  const of = (identifier: string | undefined) =>
    now.filter(([{ identifiers }]) => identifiers[0] === identifier)
  return now.flatMap(([state]) => {
    const isOfPair = of(state.identifiers[0]).length > 1 || state.isScheduled
    const isSource = state.fileRole === '' ? state.isWritable : state.fileRole !== 'standby'
    const flows = isSource && isOfPair && (state.isScheduled || isCopying.test(state.commandLines))
    return flows ? [{ rule: 3, sentence: `files may flow onto ${state.name}, which is writable` }] : []
  })
}

function lockRules(now: Now, operation: Operation | null): Broken[] {
  if (operation === null) return []
  const acted = new Set(operation.plan.steps.map(({ host }) => host))
  const roles = ['primary', 'standby'] as const
  return now.flatMap(([state], index) => {
    const role = roles[index]
    if (!state.isOn || role === undefined || !acted.has(role)) return []
    const holder = parseHostLock(state.lock)?.operationId ?? null
    const wanted = isHolding(operation.state) ? operation.id : null
    return holder === wanted
      ? []
      : [
          {
            rule: 8,
            sentence: `${state.name} is held by ${holder}, and should be by ${wanted} (${operation.state})`,
          },
        ]
  })
}

function secretRules(now: Now, secrets: readonly string[]): Broken[] {
  return now.flatMap(([state]) =>
    secrets
      .filter((secret) => state.commandLines.includes(secret))
      .map(() => ({
        rule: 7,
        sentence: `a secret stands in the argument list of a process on ${state.name}`,
      })),
  )
}

/** Everything that must hold at every moment, whatever happened. Lab host 0 is the plan's primary, 1 its standby. */
export async function findBroken(
  lab: Lab,
  before: Before,
  given: { operation: Operation | null; secrets: readonly string[] },
): Promise<readonly Broken[]> {
  const states = await Promise.all(lab.hosts.map(readState))
  const now = states.flatMap((state, index) => {
    const was = before[index]
    return was ? [[state, was] as const] : []
  })
  const strangers = now
    .filter(([state, was]) => state.isOn && was.isOn && state.identity !== was.identity)
    .map(([{ name }]) => ({ rule: 4, sentence: `${name} is not the machine that it was` }))
  return [
    ...dataRules(now),
    ...fileRules(now),
    ...strangers,
    ...secretRules(now, given.secrets),
    ...lockRules(now, given.operation),
  ]
}

/** At the end of an operation: nothing secret lies open, and its whole transcript stands on the hosts that it held. */
export async function findBrokenAtEnd(
  lab: Lab,
  operation: Operation,
  secrets: readonly string[],
): Promise<readonly Broken[]> {
  const roles = ['primary', 'standby'] as const
  const acted = new Set(operation.plan.steps.map(({ host }) => host))
  const broken: Broken[] = []
  for (const [index, role] of roles.entries()) {
    const host = lab.host(index)
    if (!host.isOn() || !acted.has(role)) continue
    for (const secret of secrets) {
      const open = await host.tryExec(
        'read -r s; grep -rlF -- "$s" /etc /var/log /var/lib/understudy /srv/ledger/etc 2>/dev/null | while read -r f; do stat -c "%a %n" "$f"; done | grep -v "^600 "',
        { input: `${secret}\n` },
      )
      if (open.stdout.trim() !== '')
        broken.push({ rule: 7, sentence: `${host.name}: a secret lies open: ${open.stdout.trim()}` })
    }
    const mark = operation.id.slice(0, 8)
    const log = (await host.tryExec(`grep -F '[${mark} #' /var/log/ledger/warm_standby.log`)).stdout
    if (!new RegExp(`== ${operation.kind} of ledger: ${operation.state}$`, 'm').test(log))
      broken.push({ rule: 12, sentence: `${host.name}: the transcript does not end with ${operation.state}` })
    const titles = operation.plan.steps.map(({ title }) => title)
    const alien = [
      ...log.matchAll(
        /\] \[\d+\/\d+\] (.+?)(?:: (?:done|skipped|taken back|is taken back|FAILED).*| \(attempt.*)?$/gm,
      ),
    ]
      .map((match) => match[1] ?? '')
      .filter((title) => !titles.some((planned) => title.startsWith(planned)))
    if (alien.length > 0) broken.push({ rule: 10, sentence: `not in the plan: ${alien[0]}` })
  }
  return broken
}
