import type { PlannedStep } from '@/lib/domain/operation'
import type { Step } from '@/lib/operations/engine/step'
import { EngineTrial } from '@/test/harness/engine-trial'
import type { FolderGround } from '@/test/harness/folder-ground'

/** What `run` only makes room for a file of the plan by, or removes an earlier try of the same step. */
const makesRoom = [
  /^umask 022; mkdir -p -- /,
  /^install -d /,
  /^path=\S+; \[ -e "\$path" \] /,
  /^rm -rf -- \S+-(?:copy|trial)$/,
]
/** What it asks: of a unit, a server, rows, and whether another host listens on a port or lets this one in. */
const asks = [
  /^systemctl show /,
  /^\S+pg_ctl \S+ \S+ status$/,
  /^select (?!.*pg_(?:reload_conf|promote))/s,
  /^for p in [^;]+; do echo "\$\(df -B1 /,
  /^ours\(\) .*\nfor r in .*; do\n {2}if ours /,
  /^\[ -e \S+ \]$/,
  /^cat -- \S+\/copied /,
  /^ms=\$\(ip -o tcp_metrics show /,
  /^key=\S+; hosts=\S+\nssh \S.* -- \S+ true <\/dev\/null$/s,
]
const isQuiet = (text: string) => [...makesRoom, ...asks].some((pattern) => pattern.test(text))

/** The steps, each telling what its `run` sent to the hosts that no `check` and no `verify` asks. */
function listening({ steps, pair }: FolderGround) {
  const logs = [pair.alpha.ran, pair.beta.ran, pair.alpha.asked, pair.beta.asked]
  const reads = new Set<string>()
  const acted = new Map<string, readonly string[]>()
  const listenTo = async <T>(act: () => Promise<T>, hear: (texts: readonly string[]) => void): Promise<T> => {
    const from = logs.map((log) => log.length)
    const result = await act()
    hear(logs.flatMap((log, index) => log.slice(from[index])))
    return result
  }
  const read = (texts: readonly string[]) => {
    for (const text of texts) reads.add(text)
  }
  const heard: readonly Step<null>[] = steps.map((step) => ({
    ...step,
    check: (context, io) => listenTo(() => step.check(context, io), read),
    verify: (context, io) => listenTo(() => step.verify(context, io), read),
    run: (context, io) =>
      listenTo(
        () => step.run(context, io),
        (texts) => acted.set(step.planned.id, texts),
      ),
  }))
  const actsOf = (id: string) => (acted.get(id) ?? []).filter((text) => !reads.has(text) && !isQuiet(text))
  return { heard, actsOf }
}

/** As it stands in the plan: what is made only while the operation runs by its description there. */
const asPlanned = (text: string) =>
  text
    // Asked and told in one statement: a server that is out of recovery refuses to be promoted.
    .replace(
      'select case when pg_is_in_recovery() then pg_promote(false) end is null as ended',
      'select pg_promote(false)',
    )
    .replace(/array '\{[\d,]+\}'::regclass/, "array '{}'::regclass")
    .replace(/'SCRAM-SHA-256\$[^']*'/, "'SCRAM-SHA-256$… (of a random password)'")
    .replace(/^echo '(?:Not c|C)ompressed[^']*'; /, "echo '<what was measured>'; ")
    .replace(/ --compress=\S+ -c fast/, " --compress='<as measured>' -c fast")
    .replace(/--compress=server-\S+ --max-rate/, '--compress=none --max-rate')
    .replace(/ssh-ed25519 AAAA\w+ understudy-ledger(?:-\w{8})?/, '<the public key made on the standby>')

/** Whether the plan shows it; a file that is written by its path. */
function isShown({ preview }: PlannedStep, text: string): boolean {
  const all = preview.map((line) => (line.kind === 'file' ? line.path : line.text)).join('\n')
  const path = /^umask 077\npath=(\S+)\n/.exec(text)?.[1]
  return all.includes(path ?? asPlanned(text))
}

/**
 * Lives the operation through to its end; returns how many of its steps acted on the hosts. Throws with each command, statement or file
 * by which one acted and which did not stand in the plan with that very step.
 */
export async function liveAsShown(ground: FolderGround): Promise<number> {
  const trial = new EngineTrial(ground)
  const { heard, actsOf } = listening(ground)
  trial.expect(await trial.life(heard), 'succeeded')
  const { steps } = ground.plan
  const unshown = steps.flatMap((planned) =>
    actsOf(planned.id)
      .filter((text) => !isShown(planned, text))
      .map((text) => `${planned.id}: ${text}`),
  )
  if (unshown.length > 0) throw new Error(`ran and is not in the plan:\n${unshown.join('\n')}`)
  return steps.filter(({ id }) => actsOf(id).length > 0).length
}
