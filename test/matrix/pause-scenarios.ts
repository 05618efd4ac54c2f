import { type PausePart, pauseParts } from '@/lib/domain/pause'
import { worldOf } from '@/test/harness/lab-worlds'
import { groundOfHost } from '@/test/matrix/grounds'
import { planning, type Scenario, verifyCopied, verifyTraces } from '@/test/matrix/scenario'

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString()

const pause: Scenario = {
  name: 'pause',
  kind: 'pause',
  world: 'paired',
  plan: planning(({ scope }) => ({
    operation: 'pause',
    options: { what: scope.database ? [...pauseParts] : ['sync'], until: inAnHour() },
  })),
  async verifyDone(lab) {
    await lab.host(0).exec(worldOf(lab.host(0)).check)
  },
  verifyUndone: verifyTraces,
}

/** As a pause of these parts leaves the standby, where the pair has them. */
export const pausingByHand =
  (parts: readonly PausePart[]): NonNullable<Scenario['prepare']> =>
  async (lab, { store }) => {
    const [pair] = await store.pairs.list()
    if (!pair) throw new Error('the stage has no pair')
    const host = lab.host(1)
    const { places, access, slug } = groundOfHost(host)
    const what = parts.filter((part) => part === 'sync' || pair.scope.database)
    if (what.includes('replay')) await host.sql('select pg_wal_replay_pause()')
    if (what.includes('sync'))
      await host.exec(
        places.keeper === 'root'
          ? `mv /etc/cron.d/understudy-${slug} ${places.state}/${slug}/schedule`
          : `crontab -u ${access.user} -l | sed '/^# BEGIN understudy/,/^# END understudy/d' | crontab -u ${access.user} -`,
      )
    const said = { by: 'ann', reason: 'disk swap', operationId: crypto.randomUUID() }
    await store.pairs.update(pair.id, { pause: { what, until: inAnHour(), ...said } })
  }

const resume: Scenario = {
  name: 'resume',
  kind: 'resume',
  world: 'paired',
  prepare: pausingByHand(pauseParts),
  plan: planning(() => ({ operation: 'resume', options: {} })),
  verifyDone: (lab) => verifyCopied(lab.host(1)),
  verifyUndone: verifyTraces,
}

/** All that there is of a pair is paused, and goes on. */
export const pauseScenarios: readonly Scenario[] = [
  pause,
  { ...pause, name: 'pause, files alone', world: 'paired-files' },
]
export const resumeScenarios: readonly Scenario[] = [
  resume,
  { ...resume, name: 'resume, files alone', world: 'paired-files' },
]
