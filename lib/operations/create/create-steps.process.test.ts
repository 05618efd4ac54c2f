import { describe, expect, test } from 'vitest'
import type { PlannedStep } from '@/lib/domain/operation'
import type { Step } from '@/lib/operations/engine/step'
import { chainedProofs } from '@/test/harness/engine-proofs'
import { EngineTrial } from '@/test/harness/engine-trial'
import { type FolderGround, folderCreateGround } from '@/test/harness/folder-ground'

const variants = [
  ['of database and files', {}],
  ['of the database alone', { scope: { database: true, files: false } }],
  ['of files alone', { scope: { database: false, files: true } }],
  ['that restarts the primary', { needsRestart: true }],
  ['with a replication slot', { hasSlot: true }],
  ['into a data directory that is a file system of its own', { isMount: true }],
  ['that keeps the old data where the operator wants it', { oldDataDirectory: '/srv/kept' }],
] as const

/** Reads that `run` makes, and what only makes room for a file of the plan or removes an earlier try of the same step. */
const isQuiet = (text: string) =>
  /^umask 022; mkdir -p -- |^install -d |^systemctl show |^\S+pg_ctl \S+ \S+ status$|^path=\S+; \[ -e "\$path" \] |^rm -rf -- \S+-copy$/.test(
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

describe.each(variants.filter(([what]) => /files/.test(what)))(
  'a create %s on hosts in folders',
  (_, given) => {
    test.each(chainedProofs(() => folderCreateGround(given)))('$name', { timeout: 300_000 }, ({ prove }) =>
      prove(),
    )
  },
)

describe('a create with a slot into a data directory that is a file system of its own', () => {
  const database = { scope: { database: true, files: false }, isMount: true, hasSlot: true }
  test.each(chainedProofs(() => folderCreateGround(database)))('$name', { timeout: 300_000 }, ({ prove }) =>
    prove(),
  )
})
