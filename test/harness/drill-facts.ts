import { drillOptions } from '@/lib/domain/drill-options'
import type { DrillHostSurvey, DrillServerSurvey } from '@/lib/facts/drill-survey'
import type { DrillFacts } from '@/lib/operations/drill/facts'
import { answerOf } from '@/lib/operations/preflight/host-facts'
import { hostFactsOf, serverFacts } from '@/test/harness/operation-facts'
import type { Ground } from '@/test/harness/plan-variants'

const seen = <T>(value: T) => ({ seen: true as const, value })

export const drillHostOf = (over: Partial<DrillHostSurvey> = {}): DrillHostSurvey => ({
  parents: [
    {
      path: '/var/lib/postgresql/15',
      isWritable: true,
      device: '2049',
      freeBytes: 500_000_000_000,
      sizeBytes: 1_000_000_000_000,
      isInData: false,
      fileSystem: 'ext4',
      sharesBlocks: false,
    },
  ],
  leftovers: [],
  hasAmcheck: true,
  hasTimeout: true,
  mayReplicate: true,
  processors: 4,
  load: 0.5,
  memoryBytes: 8_000_000_000,
  ...over,
})

export const drillServerOf = (over: Partial<DrillServerSurvey> = {}): DrillServerSurvey => ({
  sharedPreloadLibraries: '',
  maxPreparedTransactions: '0',
  maxLocksPerTransaction: '64',
  archiveMode: 'off',
  hasAmcheckExtension: true,
  freeSenders: 10,
  freeSlots: 10,
  isStreaming: true,
  waitingBytes: 0,
  replayPaused: false,
  ...over,
})

/** A standby on which a drill can begin; a test replaces what it is about. */
export const drillFactsOf = (over: Partial<DrillFacts> = {}): DrillFacts => ({
  standby: hostFactsOf('beta', {
    server: seen(serverFacts({ inRecovery: true, receiverStatus: 'streaming' })),
  }),
  primary: hostFactsOf('alpha'),
  options: drillOptions.parse({}),
  host: seen(drillHostOf()),
  server: seen(drillServerOf()),
  ...over,
})

/**
 * What is found for a drill of a pair that differs from others as its ground does: blocks can be shared or not, there is a tablespace, or what an
 * earlier drill left. Nothing is asked where there is no database.
 */
export function drillFactsFor(
  { scope, isTls, hasUnit, hasCheck, versionNum }: Ground,
  { standby, primary }: Pick<DrillFacts, 'standby' | 'primary'>,
): DrillFacts {
  if (!scope.database) {
    const why = { code: 'NOT_FOUND', message: 'It was not asked.', fix: '' }
    const unasked = { seen: false as const, why }
    return drillFactsOf({ standby, primary, host: unasked, server: unasked })
  }
  const location = '/srv/fast'
  const server = answerOf(standby.server) ?? serverFacts({ versionNum })
  const tablespacePlaces = isTls ? [{ name: 'fast', oid: '16400', location, bytes: 1_000 }] : []
  const [parent] = drillHostOf().parents
  const paths = ['/var/lib/postgresql/15', ...tablespacePlaces.map((place) => place.location)]
  const left = {
    root: '/var/lib/postgresql/15/main.understudy-c0ffee00-drill',
    operationId: 'c0ffee00-0000-4000-8000-000000000000',
  }
  const host = drillHostOf({
    parents: paths.flatMap((path) => (parent ? [{ ...parent, path, sharesBlocks: hasUnit }] : [])),
    hasAmcheck: versionNum >= 140_000,
    leftovers: hasCheck ? [left] : [],
  })
  return drillFactsOf({
    standby: { ...standby, server: seen({ ...server, tablespacePlaces }) },
    primary,
    host: seen(host),
  })
}
