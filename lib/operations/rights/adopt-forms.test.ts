import { expect, test } from 'vitest'
import {
  foundLinesQuestion,
  holdFoundLines,
  releaseFoundLines,
  runningCopies,
} from '@/lib/commands/found-lines'
import { removeCopiedMarks } from '@/lib/commands/sync-sources'
import type { FoundJob } from '@/lib/domain/adopt/found-replication'
import { pairPlaces } from '@/lib/domain/host-places'
import { jobPaths } from '@/lib/operations/adopt/job-paths'
import { adoptForms } from '@/lib/operations/rights/adopt-forms'
import { aFound, aJob, anAdoption } from '@/test/harness/adoption'
import { pairFacts } from '@/test/harness/rights-ground'

const { hosts, pair } = pairFacts()
const at = pairPlaces(hosts.standby, pair.slug)
const bringing: FoundJob = {
  ...aJob,
  role: 'primary',
  place: { kind: 'file', path: '/etc/cron.d/to-standby' },
  digest: 'e'.repeat(64),
  script: '/usr/local/bin/to-standby.sh',
}
const timer: FoundJob = {
  ...aJob,
  place: { kind: 'timer', timer: 'fetch.timer', service: 'fetch.service', isActive: true, isEnabled: true },
}
const repmgrd = {
  role: 'standby',
  program: 'repmgrd',
  unit: 'repmgrd.service',
  isActive: true,
  isEnabled: true,
} as const
const etc = '/srv/ledger/etc'
const second: FoundJob = {
  ...aJob,
  digest: 'c'.repeat(64),
  copies: aJob.copies.map((copy) => ({ ...copy, from: etc, to: etc })),
}
const adoption = anAdoption({
  found: { ...aFound, jobs: [aJob, second, bringing, timer], managers: [repmgrd] },
})
const texts = adoptForms({ ...pair, adoption }, at).map(({ text }) => text)

test('a pair of our own needs nothing of it', () => {
  expect(adoptForms(pair, at)).toEqual([])
})

test('exactly the lines that were found may be held, asked for and put back, and no other', () => {
  const tables = [
    [{ kind: 'crontab', user: 'root' }, [aJob, second]],
    [{ kind: 'file', path: '/etc/cron.d/to-standby' }, [bringing]],
  ] as const
  for (const [table, jobs] of tables)
    for (const command of [holdFoundLines, releaseFoundLines, foundLinesQuestion]) {
      const digests = jobs.map(({ digest }) => digest)
      expect(texts).toContain(command(table, digests, pair.slug).text)
    }
  expect(texts.filter((text) => text.includes('sha256sum'))).toHaveLength(6)
  for (const text of texts) expect(text).not.toMatch(/@@(?:digest|path|line)s?@@/)
})

test('the order in which lines were found does not matter', () => {
  const turned = { ...adoption, found: { ...adoption.found, jobs: adoption.found.jobs.toReversed() } }
  const again = adoptForms({ ...pair, adoption: turned }, at).map(({ text }) => text)
  expect(again.toSorted()).toEqual(texts.toSorted())
})

test('its timers and the programs that fail over are stopped and started, each by its name', () => {
  const units = texts.filter((text) => text.startsWith('systemctl ')).map((text) => text.split(' -- ')[1])
  expect([...new Set(units)].toSorted()).toEqual(['fetch.timer', 'repmgrd.service'])
  expect(units).toHaveLength(9)
  expect(texts.filter((text) => text.startsWith('systemctl kill'))).toEqual([
    'systemctl kill -- repmgrd.service',
  ])
})

test('copies that run are looked for on the host in either role, and marks that copies brought may go', () => {
  expect(texts).toContain(runningCopies(at, jobPaths([timer, second, aJob])).text)
  expect(texts).toContain(runningCopies(at, jobPaths([bringing])).text)
  expect(texts).toContain(removeCopiedMarks(at, pair.settings.directories, '@@mark@@').text)
})
