import { packageSettingOf } from '@/lib/domain/package-setting'
import type { DirectorySetting, PairSettings, Scope } from '@/lib/domain/pair'
import { settingsDiff } from '@/lib/domain/settings-change'
import type { ChangeFacts } from '@/lib/operations/change-settings/facts'
import { openChange } from '@/lib/operations/change-settings/open-change'
import { planChange } from '@/lib/operations/change-settings/plan-change'
import { EngineTrial } from '@/test/harness/engine-trial'
import {
  type FolderGround,
  folderCreateGround,
  throwUnless,
  verifyTraces,
  verifyUnasked,
} from '@/test/harness/folder-ground'
import { onceActed, tracesOf } from '@/test/harness/folder-pair'
import { MemoryHold } from '@/test/harness/memory-hold'
import { queuedOperation } from '@/test/harness/operation-events'
import {
  createFactsOf,
  fileFactsOf,
  hostFactsOf,
  packageFactsOf,
  serverFacts,
  withSettings,
} from '@/test/harness/operation-facts'

const operationId = 'f0e1d2c3-0000-4000-8000-000000000000'
const now = new Date('2026-11-23T03:00:00Z')
const cronFile = '/etc/cron.d/understudy-ledger'

/** A directory that a pair of folder hosts does not have yet. */
export const extra: DirectorySetting = {
  id: 'extra',
  title: 'Extra',
  path: '/srv/ledger/extra',
  log: 'rsync_extra.log',
  schedule: '*/7 * * * *',
}

export type GivenChange = {
  /** Of the pair before. */
  readonly scope?: Scope
  readonly hasSlot?: boolean
  readonly change: (settings: PairSettings) => PairSettings
  readonly scopeAfter?: Partial<Scope>
}

/** A change of the settings of a pair that a create made on two folder hosts. */
export async function folderChangeGround(given: GivenChange): Promise<FolderGround> {
  const created = await folderCreateGround({
    scope: given.scope ?? { database: true, files: true },
    hasSlot: given.hasSlot === true,
  })
  const { pair } = created
  const { alpha, beta, servers, pairs, hosts, profile } = pair
  alpha.put(`${extra.path}/file`, 'new')
  beta.put(`${extra.path}/file`, 'old')
  const creating = new EngineTrial(created)
  creating.expect(await creating.life(), 'succeeded')
  const { scope, settings } = pairs.current
  const mutable = (from: PairSettings) => ({ ...from, directories: [...from.directories] })
  const before: ChangeFacts['before'] = { scope, settings: mutable(settings) }
  const after: ChangeFacts['after'] = {
    scope: { ...scope, ...given.scopeAfter },
    settings: mutable(given.change(settings)),
  }
  const primary = withSettings(
    serverFacts({ slots: [...servers.primary.slots], altered: Object.fromEntries(servers.primary.altered) }),
    { wal_keep_size: '512', ...(given.hasSlot ? { max_slot_wal_keep_size: '1024' } : {}) },
  )
  const standby = serverFacts({ inRecovery: true, receiverStatus: 'streaming' })
  const seen = <T>(value: T) => ({ seen: true as const, value })
  const brings = after.scope.packages === true && scope.packages !== true
  const facts: ChangeFacts = {
    ...createFactsOf({
      primary: scope.database ? hostFactsOf('alpha', { server: seen(primary) }) : fileFactsOf('alpha'),
      standby: scope.database ? hostFactsOf('beta', { server: seen(standby) }) : fileFactsOf('beta'),
      packages: brings ? [packageFactsOf()] : [],
    }),
    before,
    after,
  }
  const plan = planChange({ operationId, pair: pairs.current, profile, hosts, facts }, now)
  const traces = { alpha: tracesOf(alpha), beta: tracesOf(beta) }
  const altered = () =>
    JSON.stringify(
      [...servers.primary.altered, ...servers.standby.altered].filter(([, value]) => value !== ''),
    )
  const was = { altered: altered(), slots: [...servers.primary.slots].join() }
  const opened = await openChange(queuedOperation(plan, {}), pair.ports)
  const isCopied = ({ path }: DirectorySetting) =>
    beta.has(`${path}/file`) && beta.read(`${path}/file`) === 'new'
  const wanted = after.scope.files ? after.settings.directories : []
  return {
    pair,
    plan,
    steps: opened.steps,
    // Locks and the transcript are proved on real hosts: these would share the test machine's own /etc/machine-id.
    hold: new MemoryHold(),
    context: null,
    onceActed: (count, listener) => onceActed([alpha, beta], count, listener),
    async verifyInvariants() {
      throwUnless(servers.primary.isWritable(), 'the primary is not writable any more')
      throwUnless(alpha.has('/.units/ledger.service/active'), 'the primary’s application is down')
      throwUnless(alpha.read('/srv/ledger/vault/file') === 'new', 'a file of the primary was changed')
      throwUnless(!scope.files || beta.read('/srv/ledger/vault/file') === 'new', 'what was copied is gone')
      verifyUnasked(pair)
    },
    async verifyDone() {
      throwUnless(settingsDiff(pairs.current, after).length === 0, 'the settings are not recorded')
      throwUnless(wanted.every(isCopied), 'not every directory is copied')
      const cron = beta.has(cronFile) ? beta.read(cronFile) : ''
      const lines = cron.split('\n').filter((line) => line.includes('understudy-sync'))
      throwUnless(lines.length === wanted.length, `${lines.length} directories are scheduled`)
      const kept = cron.split('\n').filter((line) => line.endsWith('understudy-packages ledger'))
      const { schedule: keptBy } = packageSettingOf(after.settings.packages, 'ledger')
      throwUnless(
        after.scope.packages === true
          ? kept.length === 1 && kept[0]?.startsWith(keptBy) === true
          : kept.length === 0,
        'packages are not kept as was chosen',
      )
      throwUnless(
        alpha.has('/etc/understudy/ledger/send-packages.conf') === (after.scope.packages === true) &&
          beta.has('/etc/understudy/ledger/packages.conf') === (after.scope.packages === true),
        'not both hosts know whether packages are kept',
      )
      for (const { id, schedule } of wanted)
        throwUnless(
          lines.some((line) => line.startsWith(schedule) && line.endsWith(` ${id}`)),
          `${id} is not scheduled so`,
        )
      if (!scope.database) return
      throwUnless(servers.standby.streamsFrom(servers.primary), 'the standby does not stream')
      throwUnless(
        servers.primary.slots.has('understudy_ledger') === (after.settings.slotWalSegments != null),
        'the slot is not as it was chosen',
      )
      throwUnless(
        servers.primary.altered.get('wal_keep_size') === `${after.settings.walKeepSegments * 16}MB`,
        'not so much WAL is kept',
      )
    },
    async verifyUndone() {
      verifyTraces(alpha, traces.alpha)
      verifyTraces(beta, traces.beta)
      throwUnless(altered() === was.altered, 'settings of PostgreSQL are not what they were')
      throwUnless([...servers.primary.slots].join() === was.slots, 'the slots are not what they were')
      throwUnless(settingsDiff(pairs.current, before).length === 0, 'the record is not what it was')
      throwUnless(
        !scope.database || servers.standby.streamsFrom(servers.primary),
        'the standby does not stream',
      )
    },
    async dispose() {
      await opened.close()
      await created.dispose()
    },
  }
}
