import { describe, expect, test } from 'vitest'
import type { PlannedStep } from '@/lib/domain/operation'
import type { Step } from '@/lib/operations/engine/step'
import { chainedProofs } from '@/test/harness/engine-proofs'
import { EngineTrial } from '@/test/harness/engine-trial'
import { type FolderGround, folderCreateGround } from '@/test/harness/folder-ground'
import { grounds } from '@/test/harness/plan-variants'
import { listeningIo } from '@/test/harness/step-io'

const variants = [
  ['of database and files', {}],
  ['of the database alone', { scope: { database: true, files: false } }],
  ['of files alone', { scope: { database: false, files: true } }],
  ['of files and packages', { scope: { database: false, files: true, packages: true } }],
  ['that restarts the primary', { scope: { database: true, files: false }, needsRestart: true }],
  ['with a replication slot', { hasSlot: true }],
  ['with a tablespace', { hasTablespace: true }],
  ['into a data directory that is a file system of its own', { isMount: true }],
  [
    'that keeps the old data where the operator wants it',
    { scope: { database: true, files: false }, oldDataDirectory: '/srv/kept' },
  ],
  [
    'into a directory that is reached by a link',
    { scope: { database: false, files: true }, isVaultLink: true },
  ],
] as const

/** Reads that `run` makes, and what only makes room for a file of the plan or removes an earlier try of the same step. */
const isQuiet = (text: string) =>
  /^umask 022; mkdir -p -- |^install -d |^systemctl show |^\S+pg_ctl \S+ \S+ status$|^path=\S+; \[ -e "\$path" \] |^rm -rf -- \S+-(?:copy|trial)$/.test(
    text,
  ) ||
  (/^select /.test(text) && !/pg_reload_conf|pg_promote/.test(text))

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

/** What is made only while the operation runs stands in the plan by its description. */
const asPlanned = (text: string) =>
  text
    .replace(/'SCRAM-SHA-256\$[^']*'/, "'SCRAM-SHA-256$… (of a random password)'")
    .replace(/^echo '(?:Not c|C)ompressed[^']*'; /, "echo '<what was measured>'; ")
    .replace(/ --compress=\S+ -c fast/, " --compress='<as measured>' -c fast")
    .replace(/--compress=server-\S+ --max-rate/, '--compress=none --max-rate')
    .replace('ssh-ed25519 AAAAfolder understudy-ledger', '<the public key made on the standby>')

/** Whether the plan shows it; a file that is written by its path. */
function isShown({ preview }: PlannedStep, text: string): boolean {
  const all = preview.map((line) => (line.kind === 'file' ? line.path : line.text)).join('\n')
  const path = /^umask 077\npath=(\S+)\n/.exec(text)?.[1]
  return all.includes(path ?? asPlanned(text))
}

describe.each(variants)('a create %s', (_, given) => {
  test('goes to its end, and what it ran on the hosts stood in its plan', async () => {
    const ground = await folderCreateGround(given)
    const trial = new EngineTrial(ground)
    const { heard, actsOf } = listening(ground)
    trial.expect(await trial.life(heard), 'succeeded')
    await ground.verifyDone()
    for (const planned of ground.plan.steps)
      expect(
        actsOf(planned.id).filter((text) => !isShown(planned, text)),
        planned.id,
      ).toEqual([])
    expect(ground.plan.steps.filter(({ id }) => actsOf(id).length > 0).length).toBeGreaterThan(5)
    await ground.dispose()
  })
})

const chained = [
  ...variants.filter(([what]) =>
    /files and packages|database and files|reached by a link|restarts the primary|where the operator wants/.test(
      what,
    ),
  ),
  [
    'with slot and tablespace into a data directory that is a file system of its own',
    { scope: { database: true, files: false }, isMount: true, hasSlot: true, hasTablespace: true },
  ],
] as const

describe.each(chained)('a create %s on hosts in folders', (_, given) => {
  test.each(chainedProofs(() => folderCreateGround(given)))('$name', { timeout: 300_000 }, ({ prove }) =>
    prove(),
  )
})

test('no step that the plan of a create may have is without these proofs', async () => {
  const proved = new Set<string>()
  for (const [, given] of chained) {
    const ground = await folderCreateGround(given)
    for (const { id } of ground.plan.steps) proved.add(id)
    await ground.dispose()
  }
  const known = new Set(grounds.flatMap(({ create }) => create.steps.map(({ id }) => id)))
  expect([...known].filter((id) => !proved.has(id))).toEqual([])
})

describe('a create that installs packages', () => {
  const scope = { database: false, files: true, packages: true }
  const list = '/.packages'

  test('shows what the package manager says while it runs', async () => {
    const ground = await folderCreateGround({ scope })
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'succeeded')
    const said = trial.operations.recorded.flatMap(({ event }) =>
      event.type === 'step.output' ? [event.line] : [],
    )
    expect(said).toContain('Setting up ledger-tools (1.4)')
    expect(ground.pair.beta.read(list)).toContain('ledger-tools-common')
    await ground.dispose()
  })

  test('says which one its sources did not give, and changes nothing else', async () => {
    const ground = await folderCreateGround({ scope })
    ground.pair.beta.put('/.fail-packages', '')
    const trial = new EngineTrial(ground)
    trial.expect(await trial.life(), 'failed')
    expect(trial.operations.recorded.at(-1)?.event).toMatchObject({
      error: { code: 'STEP_FAILED', message: 'Not installed on beta: ledger-tools 1.4.' },
    })
    ground.pair.beta.remove('/.fail-packages')
    await trial.undoOrResume()
    await ground.verifyUndone()
    await ground.dispose()
  })

  /** The step alone, after it has run. */
  async function installed() {
    const ground = await folderCreateGround({ scope })
    const step = ground.steps.find(({ planned }) => planned.id === 'install-deb-packages')
    if (!step?.undo) throw new Error('it installs nothing')
    const io = listeningIo()
    await step.run(null, io)
    const { undo } = step
    return { ground, beta: ground.pair.beta, undo: () => undo(null, io) }
  }

  test('undone, leaves what somebody else installed meanwhile', async () => {
    const { ground, beta, undo } = await installed()
    beta.put(list, `${beta.read(list)}vim\t9.0\n`)
    expect(await undo()).toBe('Removed what was installed: ledger-tools, ledger-tools-common.')
    expect(beta.read(list)).toBe('bash\t5.2\nvim\t9.0\n')
    await ground.dispose()
  })

  test('undone, says honestly which one something else needs by now', async () => {
    const { ground, beta, undo } = await installed()
    beta.put('/.needed', 'ledger-tools-common\n')
    await expect(undo()).rejects.toMatchObject({
      code: 'STEP_FAILED',
      message: expect.stringContaining('something else needs it by now'),
    })
    expect(beta.read(list)).toContain('ledger-tools\t')
    await ground.dispose()
  })
})
