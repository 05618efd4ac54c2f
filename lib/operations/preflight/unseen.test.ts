import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fileRoles } from '@/lib/domain/file-role'
import type { Role } from '@/lib/domain/pair'
import type { PreflightCheck } from '@/lib/domain/preflight'
import type { CreateFacts } from '@/lib/operations/create/facts'
import { createPreflight } from '@/lib/operations/preflight/create-preflight'
import { answerOf, type HostFacts } from '@/lib/operations/preflight/host-facts'
import type { ParityFacts } from '@/lib/operations/preflight/parity-facts'
import {
  fenceFilesPreflight,
  promoteFilesPreflight,
} from '@/lib/operations/preflight/promote-files-preflight'
import { promotePreflight } from '@/lib/operations/preflight/promote-preflight'
import type { PromoteFacts } from '@/lib/operations/promote/facts'
import {
  createFactsOf,
  createInputOf,
  hostFactsOf,
  primaryServer,
  profileOf,
} from '@/test/harness/operation-facts'
import { parityFactsOf } from '@/test/harness/parity-facts'

const why = { code: 'HOST_COMMAND_FAILED', message: 'It could not be asked.', fix: 'Ask again.' }
const unseen = { seen: false as const, why }
const profile = profileOf()
const createChecks = (facts: CreateFacts) => createPreflight({ facts, input: createInputOf(), profile })

/** Whatever is seen or not: every combination of unanswered questions. */
const anyHost = (host: 'alpha' | 'beta') =>
  fc
    .record({
      machine: fc.boolean(),
      asRoot: fc.boolean(),
      asDatabaseOwner: fc.boolean(),
      server: fc.boolean(),
      data: fc.boolean(),
      paths: fc.boolean(),
      inRecovery: fc.boolean(),
      clock: fc.boolean(),
    })
    .map((sight): HostFacts => {
      const systemIdentifier = host === 'beta' ? '7400000000000000002' : '7400000000000000001'
      const server = primaryServer({ inRecovery: sight.inRecovery, systemIdentifier })
      const whole = hostFactsOf(host, { server: { seen: true, value: server } })
      return {
        ...whole,
        ...(sight.machine ? {} : { machine: unseen }),
        ...(sight.asRoot ? {} : { asRoot: unseen }),
        ...(sight.asDatabaseOwner ? {} : { asDatabaseOwner: unseen }),
        ...(sight.server ? {} : { server: unseen }),
        ...(sight.data ? {} : { data: unseen }),
        ...(sight.paths ? {} : { paths: unseen }),
        ...(sight.clock ? {} : { clockOffsetMs: null, clockErrorMs: null }),
      }
    })

/** Whatever of what must suit could be asked, or nothing of it. */
const anyParity = fc.option(
  fc
    .record({
      machines: fc.tuple(fc.boolean(), fc.boolean()),
      servers: fc.tuple(fc.boolean(), fc.boolean()),
      database: fc.boolean(),
      supplies: fc.boolean(),
      unknownZones: fc.boolean(),
      owners: fc.tuple(fc.boolean(), fc.boolean()),
    })
    .map((sight): ParityFacts => {
      const whole = parityFactsOf()
      const hostOf = (role: Role, index: 0 | 1) => ({
        machine: sight.machines[index] ? whole[role].machine : unseen,
        server: sight.servers[index] ? whole[role].server : unseen,
      })
      return {
        ...whole,
        primary: hostOf('primary', 0),
        standby: hostOf('standby', 1),
        ...(sight.database ? {} : { databases: [{ name: 'ledger', found: unseen }] }),
        ...(sight.supplies ? {} : { supplies: unseen }),
        ...(sight.unknownZones ? {} : { unknownZones: unseen }),
        owners: {
          primary: sight.owners[0] ? whole.owners.primary : unseen,
          standby: sight.owners[1] ? whole.owners.standby : unseen,
        },
      }
    }),
)

/** What every check owes: a name of its own, evidence, and a fix exactly where it is not fine. */
function verifyForm(checks: readonly PreflightCheck[]): void {
  expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length)
  for (const { id, title, outcome, evidence, fix, canOverride } of checks) {
    if (canOverride) expect(outcome, id).toBe('fail')
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(title, id).not.toBe('')
    expect(evidence, id).toMatch(/\S/)
    expect(fix !== '', `${id}: ${outcome} with fix “${fix}”`).toBe(outcome === 'fail' || outcome === 'warn')
  }
}

const atRest = { clusterState: 'in production', checkpointLsn: '0/3000060', startConf: 'auto' }
const anyFileRole = fc.constantFrom(null, ...fileRoles)
const anyPromote = fc.record<PromoteFacts>({
  standby: anyHost('beta'),
  primary: anyHost('alpha'),
  primaryAtRest: fc.constantFrom(null, atRest),
  primaryFromStandby: fc.constantFrom('accepting', 'rejecting', 'no-response', 'not-asked'),
  fileRoles: fc.record({ primary: anyFileRole, standby: anyFileRole }),
  pinnedIdentifier: fc.constantFrom(null, '7400000000000000001', '7400000000000000002'),
  lossSentence: fc.constant('A promotion now would lose nothing of the database.'),
})

describe('whatever could be read of the hosts', () => {
  test('each check of create has evidence, and a fix exactly where something is to be mended', () => {
    fc.assert(
      fc.property(anyHost('alpha'), anyHost('beta'), anyParity, (primary, standby, parity) =>
        verifyForm(createChecks(createFactsOf({ primary, standby, parity }))),
      ),
    )
  })

  test('each check of promote has evidence, and a fix exactly where something is to be mended', () => {
    fc.assert(fc.property(anyPromote, (facts) => verifyForm(promotePreflight(facts, profile))))
  })

  test('so has each check of a promotion and of a fence where the database is left out', () => {
    fc.assert(
      fc.property(anyPromote, (facts) => {
        verifyForm(promoteFilesPreflight(facts, profile))
        verifyForm(fenceFilesPreflight(facts, profile))
      }),
    )
  })

  test('files are promoted only on a host that says it is their standby, and beside no primary that can’t be fenced', () => {
    fc.assert(
      fc.property(anyPromote, (facts) => {
        if (promoteFilesPreflight(facts, profile).some(({ outcome }) => outcome === 'fail')) return
        expect(facts.fileRoles?.standby).toBe('standby')
        if (facts.primary.machine.seen) expect(['primary', 'former']).toContain(facts.fileRoles?.primary)
        else expect(facts.primaryFromStandby).not.toBe('accepting')
      }),
    )
  })

  test('a former primary of files is fenced only beside one that says it is their primary', () => {
    fc.assert(
      fc.property(anyPromote, (facts) => {
        if (fenceFilesPreflight(facts, profile).some(({ outcome }) => outcome === 'fail')) return
        expect(facts.fileRoles?.standby).toBe('primary')
        expect(['primary', 'former']).toContain(facts.fileRoles?.primary)
      }),
    )
  })

  test('a create is blocked unless both hosts could be asked everything that its steps rest on', () => {
    fc.assert(
      fc.property(anyHost('alpha'), anyHost('beta'), anyParity, (primary, standby, parity) => {
        const checks = createChecks(createFactsOf({ primary, standby, parity }))
        if (checks.some(({ outcome }) => outcome === 'fail')) return
        for (const host of [primary, standby])
          expect(
            [host.machine, host.asRoot, host.asDatabaseOwner, host.server, host.data].every((a) => a.seen),
          ).toBe(true)
        expect(answerOf(primary.server)?.inRecovery).toBe(false)
        expect(primary.paths.seen && standby.paths.seen).toBe(true)
        expect(parity && [parity.primary, parity.standby].every((a) => a.machine.seen && a.server.seen)).toBe(
          true,
        )
        const rest = parity && [parity.supplies, parity.unknownZones, ...Object.values(parity.owners)]
        expect(rest?.every((a) => a.seen) && parity?.databases.every(({ found }) => found.seen)).toBe(true)
      }),
    )
  })

  test('a promotion is blocked unless the standby is a standby of this very system', () => {
    fc.assert(
      fc.property(anyPromote, (facts) => {
        if (promotePreflight(facts, profile).some(({ outcome }) => outcome === 'fail')) return
        const server = answerOf(facts.standby.server)
        expect(server?.inRecovery).toBe(true)
        expect(server?.systemIdentifier).toBe(facts.pinnedIdentifier)
      }),
    )
  })

  test('a promotion is blocked while the standby still hears a primary that can’t be fenced', () => {
    fc.assert(
      fc.property(anyPromote, (facts) => {
        const canFence =
          facts.primary.server.seen || (facts.primary.machine.seen && facts.primaryAtRest !== null)
        const isHeard = ['accepting', 'rejecting'].includes(facts.primaryFromStandby)
        if (canFence || !isHeard) return
        const failed = promotePreflight(facts, profile).filter(({ outcome }) => outcome === 'fail')
        const ids = failed.map(({ id }) => id)
        expect(ids.includes('old-primary') || ids.includes('standby-access')).toBe(true)
      }),
    )
  })
})
