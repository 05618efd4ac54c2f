import type { Role } from '@/lib/domain/pair'
import type { Leave } from '@/lib/domain/unpair'
import { markOf } from '@/lib/operations/context'
import { createFacts } from '@/lib/operations/create/facts'
import { postgresLayoutOf } from '@/lib/operations/postgres-layout-of'
import { inputOf } from '@/lib/operations/repair/input-of'
import type { UnpairFacts } from '@/lib/operations/unpair/facts'
import { openUnpair } from '@/lib/operations/unpair/open-unpair'
import { planUnpair } from '@/lib/operations/unpair/plan-unpair'
import { EngineTrial } from '@/test/harness/engine-trial'
import {
  type FolderAdoptGround,
  folderAdoptGround,
  type GivenAdoption,
  isCopiedAsFound,
} from '@/test/harness/folder-adopt-ground'
import { type FolderGround, throwUnless, verifyTraces } from '@/test/harness/folder-ground'
import { onceActed, tracesOf } from '@/test/harness/folder-pair'
import { dataDirectory } from '@/test/harness/folder-server'
import { standbyServer } from '@/test/harness/found-facts'
import { MemoryHold } from '@/test/harness/memory-hold'
import { queuedOperation } from '@/test/harness/operation-events'
import { hostFactsOf } from '@/test/harness/operation-facts'

const operationId = 'e0e1d2c3-0000-4000-8000-000000000000'

/** What is found at plan time on two folder hosts of which a pair was taken over. */
function factsOf({ pair, plan }: FolderAdoptGround, leave: Leave): UnpairFacts {
  const { hosts, pairs } = pair
  const found = {
    primary: hostFactsOf('alpha'),
    standby: hostFactsOf('beta', { server: { seen: true as const, value: standbyServer() } }),
  }
  const systemIdentifier = '7400000000000000001'
  const placeOf = (role: Role) => {
    const layout = postgresLayoutOf(found[role], hosts[role])
    return layout && { layout: { ...layout, systemIdentifier }, state: role }
  }
  return {
    ...found,
    places: { primary: placeOf('primary'), standby: placeOf('standby') },
    leave,
    ...{ acts: ['primary', 'standby'], owes: [], systemIdentifier, original: null },
    created: {
      ...{ operationId: plan.operationId, kind: 'adopt', marks: [markOf(plan.operationId)] },
      ...{ hosts: plan.hosts, input: inputOf(pairs.current), facts: createFacts.parse(plan.facts) },
    },
    asFound: { isThere: true, sentence: 'It is kept there.' },
  }
}

/** Taking apart a pair that was taken over on two folder hosts. */
export async function folderUnpairAdoptedGround(leave: Leave, given: GivenAdoption): Promise<FolderGround> {
  const adopted = await folderAdoptGround(given)
  const { pair } = adopted
  const { alpha, beta, servers, pairs, hosts, profile } = pair
  const adopting = new EngineTrial(adopted)
  adopting.expect(await adopting.life(), 'succeeded')
  const facts = factsOf(adopted, leave)
  const plan = planUnpair({ operationId, pair: pairs.current, profile, hosts, facts }, new Date(0))
  const before = { alpha: tracesOf(alpha), beta: tracesOf(beta) }
  const input = { acknowledgement: plan.acknowledgement, options: { leave } }
  const opened = await openUnpair(queuedOperation(plan, input), pair.ports)
  return {
    pair,
    plan,
    steps: opened.steps,
    // Locks and the transcript are proved on real hosts: these would share the test machine's own /etc/machine-id.
    hold: new MemoryHold(),
    context: null,
    onceActed: (count, listener) => onceActed([alpha, beta], count, listener),
    async verifyInvariants() {
      throwUnless(servers.primary.isWritable(), 'the primary does not serve')
      throwUnless(alpha.has('/.units/ledger.service/active'), 'the primary’s application is down')
      for (const host of [alpha, beta])
        throwUnless(host.read('/srv/ledger/vault/file') === 'new', `a file of ${host.name} was changed`)
      throwUnless(
        !(beta.has('/etc/cron.d/understudy-ledger') && isCopiedAsFound(pair)),
        'two would copy the same directory',
      )
    },
    async verifyDone() {
      throwUnless(!pairs.current.isPaired && !pairs.current.adoption, 'they are still recorded as a pair')
      throwUnless(servers.primary.roles.size === 0, 'roles are left')
      throwUnless(servers.primary.altered.size === 0, 'settings are left')
      throwUnless(!servers.primary.slots.has('understudy_ledger'), 'the pair’s slot is left')
      if (leave === 'as-found') {
        verifyTraces(alpha, adopted.before.alpha)
        verifyTraces(beta, adopted.before.beta)
        throwUnless(servers.standby.streamsFrom(servers.primary), 'the standby does not follow as before')
        throwUnless(servers.standby.streamName() === 'beta', 'the standby does not follow by what it did')
        throwUnless(isCopiedAsFound(pair), 'what copied before copies no more')
        return
      }
      throwUnless(!isCopiedAsFound(pair), 'what copied before is back unasked')
      throwUnless(!servers.standby.isRunning(), 'the standby still runs')
      throwUnless(
        /^primary_conninfo = ''$/m.test(beta.read(`${dataDirectory}/postgresql.auto.conf`)),
        'it would follow again once started',
      )
      throwUnless(
        !tracesOf(beta).includes('postgresql.auto.conf.understudy-'),
        'what it followed by before is left, with its password',
      )
    },
    async verifyUndone() {
      verifyTraces(alpha, before.alpha)
      verifyTraces(beta, before.beta)
      throwUnless(pairs.current.isPaired, 'the pair is not recorded any more')
      throwUnless(servers.standby.streamsFrom(servers.primary), 'the standby does not stream')
    },
    async dispose() {
      await opened.close()
      await adopted.dispose()
    },
  }
}
