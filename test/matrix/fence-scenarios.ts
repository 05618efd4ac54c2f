import type { LabHost } from '@/lab/lab-host'
import type { PairOperationOptions } from '@/lib/domain/pair-operations'
import type { ServiceContext } from '@/lib/services/context'
import { worldOf } from '@/test/harness/lab-worlds'
import { groundOfHost } from '@/test/matrix/grounds'
import { answers, fileRoleOf, planning, requireThat, type Scenario } from '@/test/matrix/scenario'
import { verifyFilesTurned, verifyPromoted, verifyServes } from '@/test/matrix/verify-promoted'

const fencing = (options: PairOperationOptions['fence']) => planning(() => ({ operation: 'fence', options }))

/** Takes the schedule from the host that was the standby and starts its application for good, as somebody at its shell would. */
async function takeOverByHand(host: LabHost): Promise<void> {
  const { places, access, slug } = groundOfHost(host)
  await host.exec(
    places.keeper === 'root'
      ? `rm -f /etc/cron.d/understudy-${slug} && systemctl enable --now ledger`
      : `crontab -u ${access.user} -l | sed '/^# BEGIN understudy/,/^# END understudy/d; s/^# held by understudy [^:]*: //' | crontab -u ${access.user} - &&
         runuser -u ${access.user} -- /opt/phantom/bin/phsvc start phantom`,
  )
}

async function exchangeHosts({ store }: ServiceContext): Promise<void> {
  const [pair] = await store.pairs.list()
  if (!pair) throw new Error('the stage has no pair')
  const hosts = { primary: pair.hosts.standby, standby: pair.hosts.primary }
  await store.pairs.update(pair.id, { hosts, formerPrimary: 'watched' })
}

const fence: Scenario = {
  name: 'fence',
  kind: 'fence',
  world: 'paired',
  /** Somebody promoted the standby by hand, or the network was parted: the former primary still writes. */
  async prepare(lab, context) {
    await lab.host(1).sql('select pg_promote()')
    await takeOverByHand(lab.host(1))
    await exchangeHosts(context)
  },
  plan: fencing({}),
  async verifyDone(lab) {
    await verifyPromoted(lab)
    requireThat(!(await answers(lab.host(0))), 'the former primary still runs')
  },
  // What a fence did stays: taken back it would make two writable primaries by our doing.
  staysUndone: true,
  verifyUndone: verifyPromoted,
}

const fenceFiles: Scenario = {
  ...fence,
  name: 'fence, files alone',
  world: 'paired-files',
  async prepare(lab, context) {
    await lab.host(1).exec(`echo primary >${fileRoleOf(lab.host(1))}`)
    await takeOverByHand(lab.host(1))
    await exchangeHosts(context)
  },
  verifyDone: verifyFilesTurned,
  verifyUndone: async (lab) => verifyServes(lab.host(1)),
}

/** Somebody promoted the standby by hand while the primary lives, and Understudy knows of no former primary. */
const fenceStandby: Scenario = {
  ...fence,
  name: 'fence, the standby of two primaries',
  prepare: async (lab) => {
    await lab.host(1).sql('select pg_promote()')
  },
  plan: fencing({ host: 'standby' }),
  async verifyDone(lab) {
    await lab.host(0).exec(worldOf(lab.host(0)).check)
    requireThat(!(await answers(lab.host(1))), 'the chosen host still runs')
  },
  verifyUndone: async (lab) => {
    await lab.host(0).exec(worldOf(lab.host(0)).check)
  },
}

const fencePrimary: Scenario = {
  ...fenceStandby,
  name: 'fence, the primary of two primaries',
  plan: fencing({ host: 'primary' }),
  verifyDone: fence.verifyDone,
  verifyUndone: async (lab) => {
    requireThat((await lab.host(1).sql('select pg_is_in_recovery()')) === 'f', 'nobody writes any more')
  },
}

/** A host is kept from writing: the former primary, or of two the one that the operator chose. */
export const fenceScenarios: readonly Scenario[] = [fence, fenceFiles, fenceStandby, fencePrimary]
