import { describe, expect, test } from 'vitest'
import { EngineTrial } from '@/test/harness/engine-trial'
import { folderCreateGround } from '@/test/harness/folder-ground'
import { liveAsShown } from '@/test/harness/live-as-shown'
import { grounds } from '@/test/harness/plan-variants'
import { proveSomeOf } from '@/test/harness/prove-some-of'
import { listeningIo } from '@/test/harness/step-io'

const variants = [
  ['of database and files', {}],
  ['of the database alone', { scope: { database: true, files: false } }],
  ['of files alone', { scope: { database: false, files: true } }],
  ['of files and packages', { scope: { database: false, files: true, packages: true } }],
  ['of a database and packages', { scope: { database: true, files: false, packages: true } }],
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

describe.each(variants)('a create %s', (_, given) => {
  test('goes to its end, and what it ran on the hosts stood in its plan', async () => {
    const ground = await folderCreateGround(given)
    expect(await liveAsShown(ground)).toBeGreaterThan(5)
    await ground.verifyDone()
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

proveSomeOf('a create', chained, folderCreateGround)

test('no step that the plan of a create may have is without these proofs', async () => {
  const proved = new Set<string>()
  for (const [, given] of chained) {
    const ground = await folderCreateGround(given)
    for (const { id } of ground.plan.steps) proved.add(id)
    await ground.dispose()
  }
  // One step for every kind of package; what its programs do is shown by the real ones, in packages.process.test.ts.
  const asOfDeb = (id: string) => id.replace(/(rpm|pip)(-packages?)/, 'deb$2')
  const known = new Set(grounds.flatMap(({ create }) => create.steps.map(({ id }) => asOfDeb(id))))
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
