import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { awaitFact } from '@/lab/await-fact'
import { type Lab, startLab } from '@/lab/lab'
import { stepProgress } from '@/lib/domain/step-progress'
import { AppError } from '@/lib/errors'
import { createGround } from '@/test/harness/create-ground'
import { EngineTrial } from '@/test/harness/engine-trial'
import { differences, type Manifest, readManifest } from '@/test/harness/host-manifest'
import { type LabPair, openLabPair } from '@/test/harness/lab-pair'

/** A create of files alone, with a directory that is large enough to be parted among streams. */
let lab: Lab
let pair: LabPair
let before: readonly Manifest[] = []
const vault = '/srv/ledger/vault'

beforeAll(async () => {
  lab = await startLab({ writing: [] })
  pair = await openLabPair(lab)
  pair.pairs.current = { ...pair.pairs.current, scope: { database: false, files: true } }
  await lab.host(0).exec(
    `mkdir ${vault}/many ${vault}/large && cd ${vault} &&
head -c 33000000 /dev/urandom | split -b 8192 -a 4 - many/f && head -c 220000000 /dev/urandom | split -b 1000000 -a 4 - large/f &&
for n in aaaa aaab aaac; do ln many/f$n large/again$n && ln large/f$n many/large$n; done && chown -R ledger: many large`,
    { timeoutMs: 300_000 },
  )
})
afterAll(async () => {
  await pair.close()
  await lab.down()
})
beforeEach(async () => {
  before = await Promise.all(lab.hosts.map(readManifest))
})

const running = 'pgrep -f "[u]nderstudy-s(ync|end)|[r]sync --server|[f]irst-copy-"'

/** Begins a create over a slow link; resolves when both streams of the vault have brought something. */
async function begin() {
  const ground = await createGround(lab, pair)
  const trial = new EngineTrial(ground)
  const controller = new AbortController()
  const slow = await lab.host(0).slowLink(80_000)
  const life = trial.life(ground.steps, controller)
  await awaitFact(
    'files of both streams',
    async () => {
      const { stdout } = await lab
        .host(1)
        .tryExec(`cd ${vault}/many && ls | wc -l; cd ${vault}/large && ls | wc -l`)
      const [many = 0, large = 0] = stdout.split('\n').map(Number)
      return many > 50 && large > 3
    },
    { timeoutMs: 120_000 },
  )
  return { ground, trial, controller, life, heal: slow }
}

test('the plan shows by which sizes the directory is parted; cancelled, no stream runs on, on neither host, and undo leaves all as it was', async () => {
  const { ground, trial, controller, life, heal } = await begin()
  const preview = ground.plan.steps.find(({ id }) => id === 'first-copy')?.preview ?? []
  const commands = preview.flatMap((line) => (line.kind === 'command' ? [line.text] : []))
  expect(commands[0]).toMatch(/understudy-sync ledger vault --first \d+$/)
  for (const command of commands.slice(1)) expect(command).toMatch(/ --first$/)
  await awaitFact('progress', async () =>
    stepProgress('first-copy', trial.operations.recorded).some(
      ({ label, doneBytes }) => label === 'Vault' && doneBytes > 5_000_000,
    ),
  )
  const line = stepProgress('first-copy', trial.operations.recorded).find(({ label }) => label === 'Vault')
  expect(line?.text).toMatch(/ of 2\d\d(\.\d)? MB \(\d+ %\)/)
  controller.abort(new AppError('CANCELLED', 'It was cancelled.'))
  trial.expect(await life, 'cancelled')
  expect((await lab.host(1).tryExec(running)).stdout).toBe('')
  await heal()
  await awaitFact('an end on the primary', async () => (await lab.host(0).tryExec(running)).stdout === '')
  await trial.undoOrResume()
  const now = await Promise.all(lab.hosts.map(readManifest))
  expect(before.flatMap((manifest, index) => differences(manifest, now[index] ?? new Map()))).toEqual([])
  await ground.dispose()
})

test('when the cable is cut in the middle it fails, and resumed it copies what is missing and nothing twice', async () => {
  const { ground, trial, life, heal } = await begin()
  const mend = await lab.host(0).dropPort(22, lab.host(1).address)
  trial.expect(await life, 'failed')
  await mend()
  await heal()
  const distinct = `find ${vault} -type f ! -name '.*' -printf '%i %T@ %s\\n' | sort -u`
  const there = (await lab.host(1).exec(distinct)).split('\n')
  await trial.ask('resume')
  trial.expect(await trial.life(), 'succeeded')
  const wanted = (await lab.host(0).exec(distinct)).split('\n')
  const after = (await lab.host(1).exec(distinct)).split('\n')
  expect(after).toHaveLength(wanted.length)
  expect(after).toEqual(expect.arrayContaining(there))
  const sums = `cd ${vault} && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum; find . -type f -links +1 | sort`
  expect(await lab.host(1).exec(sums)).toBe(await lab.host(0).exec(sums))
  await ground.dispose()
})
