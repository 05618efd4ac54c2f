import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { notToday } from './test/harness/day-seed.ts'

const root = fileURLToPath(new URL('.', import.meta.url))
const alias = { '@': root.replace(/\/$/, '') }

/** Tests on real hosts in which a guarantee has a time: told within three seconds, ended within five. */
const timed = [
  'lib/operations/create/compression.lab.test.ts',
  'lib/io/postgres/session.lab.test.ts',
  'lib/io/ssh/door.lab.test.ts',
  'lib/watch/watch.lab.test.ts',
]

/**
 * Long tests on real hosts, two or three of about the same length: of each group one has its turn, chosen by the day's seed (`TEST_SEED`
 * repeats it, `PROOFS=all` runs all). All of them at once take longer than anybody waits before a change lands.
 */
const inTurn = [
  ['lib/operations/adopt/adopt.lab.test.ts', 'lib/operations/unpair/unpair.lab.test.ts'],
  ['lib/operations/promote/promote-half-dead.lab.test.ts', 'lib/operations/drill/drill.lab.test.ts'],
  ['cli/switchover.lab.test.ts', 'lib/operations/create/create-faults.lab.test.ts'],
  [
    'cli/re-pair.lab.test.ts',
    'cli/re-pair-cases.lab.test.ts',
    'lib/operations/create/file-steps.lab.test.ts',
  ],
  ['cli/promoted-by-hand.lab.test.ts', 'cli/locks.lab.test.ts', 'cli/rotate-key.lab.test.ts'],
  ['test/returned-primary.lab.test.ts', 'cli/unprivileged.lab.test.ts'],
  ['test/change-settings.lab.test.ts', 'test/pause.lab.test.ts'],
  ['lib/operations/promote/file-steps.lab.test.ts', 'lib/operations/rights/rights.lab.test.ts'],
  ['lib/operations/create/data-places.lab.test.ts', 'lib/operations/create/chosen-places.lab.test.ts'],
] as const

/** What takes longest and is short to write: begun first, so that at the end no processor waits for it. */
const long = [
  'test/matrix/matrix.lab.test.ts',
  'lib/operations/adopt/adopt.lab.test.ts',
  'lib/operations/unpair/unpair.lab.test.ts',
  'lib/operations/promote/promote-half-dead.lab.test.ts',
  'lib/operations/drill/drill.lab.test.ts',
  'lib/operations/create/create-faults.lab.test.ts',
  'lib/operations/promote/promote.lab.test.ts',
  'lib/operations/right-host.lab.test.ts',
  'cli/demo.lab.test.ts',
  'lib/operations/create/create-steps.process.test.ts',
  'lib/operations/promote/promote-steps.process.test.ts',
  'lib/operations/unpair/unpair-steps.process.test.ts',
  'lib/runtime/worker-operations.store.test.ts',
  'lib/runtime/launcher/start-dashboard.store.test.ts',
]

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification) => long.some((path) => moduleId.endsWith(path))
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

/**
 * Four heights: `unit` needs no server and takes milliseconds, `process` waits for real processes and their real seconds,
 * `store` needs an embedded PostgreSQL, `lab` real hosts.
 */
export default defineConfig({
  test: {
    maxWorkers: 2,
    sequence: { sequencer: LongFirst },
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'unit',
          include: [
            '{lib,cli,components,app,lab,bench}/**/*.test.{ts,tsx}',
            'test/{repository,matrix}/**/*.test.ts',
          ],
          exclude: ['**/*.{process,store,lab}.test.ts', 'node_modules/**'],
          // Nothing here changes what another file sees, so each module is read once and not once a file.
          pool: 'threads',
          isolate: false,
          // Time is not what these tests measure: on a machine that does other things too they only take longer.
          testTimeout: 30_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'process',
          include: ['{lib,cli,lab}/**/*.process.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'store',
          include: ['{lib,cli,test,app}/**/*.store.test.ts'],
          globalSetup: ['test/harness/store-cluster.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'lab',
          include: ['{lib,cli,lab,test}/**/*.lab.test.ts'],
          exclude: [...timed, ...notToday<string>(inTurn), 'node_modules/**'],
          // Half of their time they wait for hosts, so one more than there are processors: with two more they take as long in all.
          maxWorkers: 3,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'lab-timed',
          include: timed,
          // After the others and one after another: what they measure has the machine to itself.
          sequence: { groupOrder: 1 },
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
})
