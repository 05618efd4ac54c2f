import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { AdoptFacts } from '@/lib/operations/adopt/facts'
import { foundPlan, foundSeedPlan, repmgrPlan } from '@/test/harness/adopt-plans'
import type { AdoptVariant } from '@/test/harness/adopt-variants'
import { root } from '@/test/repository/source-files'

const seen = <T>(value: T) => ({ seen: true as const, value })
type Change = NonNullable<AdoptVariant['change']>
type Role = 'primary' | 'standby'

const replicating =
  (role: Role, over: object): Change =>
  (facts) => {
    const asked = facts.replication[role]
    if (!asked.seen) throw new Error('the recorded answers are whole')
    return { ...facts, replication: { ...facts.replication, [role]: seen({ ...asked.value, ...over }) } }
  }
const withSetting =
  (role: Role, name: string, setting: string): Change =>
  (facts) => {
    const asked = facts.replication[role]
    if (!asked.seen) throw new Error('the recorded answers are whole')
    return replicating(role, { settings: { ...asked.value.settings, [name]: { setting, file: null } } })(
      facts,
    )
  }
const withTools =
  (role: Role, over: object): Change =>
  (facts) => {
    const asked = facts.tools[role]
    if (!asked.seen) throw new Error('the recorded answers are whole')
    return { ...facts, tools: { ...facts.tools, [role]: seen({ ...asked.value, ...over }) } }
  }
const notPassed = ({ preflight }: ReturnType<typeof foundPlan>) =>
  preflight.flatMap(({ id, outcome }) =>
    outcome === 'pass' || outcome === 'not-applicable' ? [] : [`${id}: ${outcome}`],
  )
const failing = (plan: ReturnType<typeof foundPlan>) =>
  plan.preflight.flatMap(({ id, outcome }) => (outcome === 'fail' ? [id] : []))
const checkOf = (plan: ReturnType<typeof foundPlan>, id: string) =>
  plan.preflight.find((check) => check.id === id)

describe('before a pair is taken over', () => {
  test('a sound one passes; what is not clear in its jobs is said', () => {
    expect(notPassed(foundPlan())).toEqual(['jobs-doubtful: warn'])
    expect(notPassed(repmgrPlan())).toEqual([])
  })

  test('every check has a name of its own, and what does not pass says how to mend it', () => {
    for (const { preflight } of [foundPlan(), repmgrPlan(), foundSeedPlan()]) {
      expect(new Set(preflight.map(({ id }) => id)).size).toBe(preflight.length)
      for (const { outcome, fix, id } of preflight)
        if (outcome === 'fail' || outcome === 'warn') expect([id, fix]).not.toEqual([id, ''])
    }
  })

  test('every check is told in the documents by its name', () => {
    const documents = ['adopt', 'preflight'].map((name) => readFileSync(`${root}/docs/${name}.md`, 'utf8'))
    for (const { preflight } of [foundPlan(), repmgrPlan(), foundSeedPlan()])
      for (const { id } of preflight) expect(documents.join()).toContain(`\`${id}\``)
  })

  test('what is not chosen is not asked for', () => {
    const ids = foundPlan({ pieces: ['application'] }).preflight.map(({ id }) => id)
    expect(ids.filter((id) => /slots|senders|managers|jobs-out|directories/.test(id))).toEqual([])
    expect(ids).toContain('as-observed')
  })

  test('it streams now, so that a stream that does not come back is this operation’s doing', () => {
    const away: Change = (facts) =>
      replicating('standby', { receiver: null })(replicating('primary', { senders: [] })(facts))
    expect(failing(foundPlan({ change: away }))).toContain('streams-now')
  })

  test('jobs and programs are those that were observed, of the pieces that are taken', () => {
    const noJobs: Change = (facts) => ({
      ...facts,
      jobs: { ...facts.jobs, primary: seen({ jobs: [], backups: [], unread: [] }) },
    })
    expect(failing(foundPlan({ change: noJobs }))).toEqual(['as-observed'])
    expect(failing(foundPlan({ change: noJobs, pieces: ['replication'] }))).toEqual([])
    const another = withTools('standby', { processes: ['repmgrd'], units: [] })
    expect(failing(foundPlan({ change: another, pieces: ['files'] }))).toEqual([])
    expect(failing(foundPlan({ change: another, pieces: ['replication'] }))).toContain('as-observed')
  })
})

describe('its replication is not taken over while', () => {
  test('a cluster manager is at work, and it is told how to take it out', () => {
    const plan = foundPlan({ kind: 'patroni', pieces: ['replication'] })
    expect(failing(plan)).toContain('managers-off')
    expect(checkOf(plan, 'managers-off')?.fix).toContain('patronictl pause')
  })

  test('repmgrd runs without a unit that could be stopped', () => {
    const change = withTools('standby', { processes: ['repmgrd'], units: [] })
    expect(failing(repmgrPlan({ change }))).toContain('managers-off')
  })

  test('the primary waits for it at each commit', () => {
    const change = withSetting('primary', 'synchronous_standby_names', '*')
    expect(failing(foundPlan({ change, pieces: ['replication'] }))).toEqual(['not-synchronous'])
  })

  test('another standby hangs on the standby; another one beside it can be overridden', () => {
    const below = {
      ...{ applicationName: 'third', clientAddress: '10.7.0.13', role: 'rep', state: 'streaming' },
      ...{ syncState: 'async', isTls: false, slot: null },
    }
    const change = replicating('standby', { senders: [below] })
    expect(checkOf(foundPlan({ change }), 'others')).toMatchObject({ outcome: 'fail' })
    const beside: Change = (facts) => {
      const asked = facts.replication.primary
      const senders = asked.seen ? asked.value.senders : []
      return replicating('primary', { senders: [...senders, below] })(facts)
    }
    expect(checkOf(foundPlan({ change: beside }), 'others')).toMatchObject({
      outcome: 'fail',
      canOverride: true,
    })
  })

  test('no WAL sender or no slot is free for a moment', () => {
    const full = (facts: AdoptFacts): AdoptFacts => {
      const { server } = facts.primary
      if (!server.seen) throw new Error('the facts are whole')
      const none = { setting: '1', unit: null, source: 'default', pendingRestart: false }
      const settings = { ...server.value.settings, max_wal_senders: none, max_replication_slots: none }
      return {
        ...facts,
        primary: { ...facts.primary, server: seen({ ...server.value, settings, slots: ['beta'] }) },
      }
    }
    expect(failing(foundPlan({ change: full, pieces: ['replication'] }))).toEqual([
      'wal-senders',
      'slots-free',
    ])
  })

  test('that it applies WAL late stays so, and is said', () => {
    const change = withSetting('standby', 'recovery_min_apply_delay', '3600000')
    expect(notPassed(foundPlan({ change, pieces: ['replication'] }))).toEqual(['apply-delay: warn'])
  })
})

describe('its files are not taken over while', () => {
  test('only root could take out what copies until now', () => {
    const bringing: Change = (facts) => {
      const { standby } = facts.jobs
      if (!standby.seen) throw new Error('the recorded answers are whole')
      const jobs = standby.value.jobs.map((job) => ({
        ...job,
        place: { kind: 'file' as const, path: '/etc/cron.d/x' },
      }))
      return { ...facts, jobs: { ...facts.jobs, standby: seen({ ...standby.value, jobs }) } }
    }
    expect(failing(foundSeedPlan({ change: bringing }))).toEqual(['as-observed', 'jobs-out'])
  })

  test('a line has bytes that are no text: it could not be put back', () => {
    const garbled: Change = (facts) => {
      const { primary } = facts.jobs
      if (!primary.seen) throw new Error('the recorded answers are whole')
      const jobs = primary.value.jobs.map((job) => ({ ...job, line: `${job.line} # caf\ufffd` }))
      return { ...facts, jobs: { ...facts.jobs, primary: seen({ ...primary.value, jobs }) } }
    }
    expect(failing(foundPlan({ change: garbled }))).toEqual(['jobs-out'])
  })

  test('a job copies the wrong way round, unless somebody says that it may', () => {
    const turned: Change = (facts) => {
      const { standby } = facts.jobs
      if (!standby.seen) throw new Error('the recorded answers are whole')
      const end = (host: string | null) => ({ host, user: null, path: '/srv/x', isModule: false })
      const job = {
        ...{ place: { kind: 'crontab' as const, user: 'root' }, schedule: null, runsAs: 'root' },
        ...{ line: '@reboot rsync', digest: 'd', script: null },
        copies: [{ from: end(null), to: end('10.7.0.11'), deletes: false, filters: [] }],
      }
      return { ...facts, jobs: { ...facts.jobs, standby: seen({ ...standby.value, jobs: [job] }) } }
    }
    expect(checkOf(foundPlan({ change: turned }), 'jobs-doubtful')).toMatchObject({
      outcome: 'fail',
      canOverride: true,
    })
  })
})
