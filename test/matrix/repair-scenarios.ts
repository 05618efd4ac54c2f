import type { Lab } from '@/lab/lab'
import type { LabHost } from '@/lab/lab-host'
import type { StoredObservation } from '@/lib/ports/store'
import { labWorlds } from '@/test/harness/lab-worlds'
import { observationOf } from '@/test/harness/observations'
import { aVerdict } from '@/test/harness/store-fixtures'
import { groundOfHost } from '@/test/matrix/grounds'
import {
  planning,
  readFileRoles,
  requireThat,
  type Scenario,
  verifyCopied,
  verifyTraces,
} from '@/test/matrix/scenario'

const rePairing = (latest: StoredObservation | null = null) =>
  planning(() => ({ operation: 're-pair', options: {} }), latest)

/** As the watch saw it last: the standby serves, and the primary is stopped. */
const turnedRound: StoredObservation = {
  pairId: '',
  observation: observationOf(),
  verdict: { ...aVerdict, rolesSeen: { primary: 'stopped', standby: 'primary' } },
}

/** The data directory of the host's own server. */
const dataOf = async (host: LabHost): Promise<string> =>
  (await host.exec(`ls -d ${labWorlds[host.layoutName].dataPattern}`)).trim()

/** Its data are of no use: a file system that lost a file. */
const damage = async (host: LabHost) => {
  await host.exec(`rm ${await dataOf(host)}/global/pg_control`)
}

/** The application and its PostgreSQL, in this order: the application would start its server again. */
async function stopServing(host: LabHost): Promise<void> {
  const { access, places } = groundOfHost(host)
  await host.exec(
    places.keeper === 'root'
      ? 'systemctl stop ledger'
      : `runuser -u ${access.user} -- /opt/phantom/bin/phsvc stop phantom`,
  )
  await host.stopPostgres()
}

/** Somebody starts the fenced server by hand, past its fence, and writes: then it is beyond the new primary's line. */
async function writeBeyond(host: LabHost): Promise<void> {
  const signal = `${await dataOf(host)}/standby.signal`
  const { stop, user } = host.layout.postgresControl(host.postgresMajor)
  await host.exec(`mv ${signal} /root/signal`)
  await host.startPostgres()
  await host.sql('create table beyond as select generate_series(1, 100) as line')
  await host.exec(stop, { user })
  await host.exec(`mv /root/signal ${signal}`)
}

async function verifyFollows(lab: Lab): Promise<void> {
  const seen = await lab.host(0).sql('select pg_is_in_recovery(), status from pg_stat_wal_receiver')
  requireThat(seen === 't|streaming', `the former primary does not stream: ${seen}`)
}

const follow: Scenario = {
  name: 're-pair, clean',
  kind: 're-pair',
  world: 'promoted',
  plan: rePairing(),
  async verifyDone(lab) {
    await verifyFollows(lab)
    await verifyCopied(lab.host(0))
  },
  verifyUndone: verifyTraces,
}
const serves = async (lab: Lab) => {
  await lab.host(1).exec(labWorlds[lab.host(1).layoutName].check)
}
/** The former primary, host 0, becomes the standby of host 1: by each way, with its database and without. */
export const rePairScenarios: readonly Scenario[] = [
  follow,
  { ...follow, name: 're-pair, damaged', prepare: (lab) => damage(lab.host(0)) },
  {
    ...follow,
    name: 're-pair, diverged',
    prepare: (lab) => writeBeyond(lab.host(0)),
    // What a rewind discarded stays aside, and the data stay rewound.
    staysUndone: true,
    verifyUndone: serves,
  },
  {
    ...follow,
    name: 're-pair, promoted by hand',
    world: 'paired',
    async prepare(lab) {
      await stopServing(lab.host(0))
      await lab.host(1).sql('select pg_promote()')
    },
    plan: rePairing(turnedRound),
    async verifyDone(lab, operation, before) {
      await follow.verifyDone(lab, operation, before)
      await serves(lab)
    },
    // The application that was started on the promoted host goes on there.
    staysUndone: true,
    verifyUndone: async (lab) => {
      const isStandby = await lab.host(1).sql('select pg_is_in_recovery()')
      requireThat(isStandby === 'f', 'the promoted host is not writable any more')
    },
  },
  {
    ...follow,
    name: 're-pair, files alone',
    world: 'promoted-files',
    async verifyDone(lab) {
      const said = (await readFileRoles(lab)).join(' ')
      requireThat(said === 'standby primary', `the hosts say that they are ${said}`)
      await verifyCopied(lab.host(0))
    },
  },
]
