import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Pair } from '@/lib/domain/pair'
import { isDirectoryId } from '@/lib/domain/sync-names'
import { parseProfile } from '@/lib/profiles/parse-profile'
import { logFilesOf } from '@/lib/services/logs/log-files'
import { pair } from '@/test/harness/observations'

const read = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8')
const profileOf = (name: string) => parseProfile(read(`../../profiles/${name}.yaml`), `${name}.yaml`)
const seed = read('../../../test/recorded/seed/overview.txt')
const soar = profileOf('splunk-soar')
const pairOf = ({ directories }: typeof soar, packages: boolean): Pair => ({
  ...pair,
  scope: { database: true, files: true, packages },
  settings: { ...pair.settings, directories },
})
const namesOf = (files: readonly { path: string }[]) => files.map(({ path }) => path.split('/').at(-1))

test('every log file that the seed lists can be read, by its name and in its place', () => {
  const listed = [...seed.matchAll(/^(\S+) (\/var\/log\/phantom\/\S+)$/gm)].map(([, , path]) => path)
  expect(listed).toHaveLength(12)
  const paths = logFilesOf(pairOf(soar, true), soar).map(({ path }) => path)
  expect(paths).toEqual(expect.arrayContaining(listed))
})

test('of the system’s packages only those are listed that the hosts have', () => {
  const names = namesOf(logFilesOf(pairOf(soar, true), soar, (kind) => kind !== 'deb'))
  expect(names.slice(-4)).toEqual([
    'rsync_rpm_req.log',
    'rsync_pip_req.log',
    'rpm_packages_primary.txt',
    'pip_packages_primary.txt',
  ])
  expect(names.join()).not.toContain('deb')
})

test('of packages nothing is listed where the pair leaves them out, and of the system’s where the profile names none', () => {
  const isOfPackages = (name = '') => /packages|_req/.test(name)
  expect(namesOf(logFilesOf(pairOf(soar, false), soar)).filter(isOfPackages)).toEqual([])
  const { packages: _, ...scope } = pair.scope
  expect(namesOf(logFilesOf({ ...pair, scope }, soar)).filter(isOfPackages)).toEqual([])
  const unprivileged = profileOf('splunk-soar-unprivileged')
  expect(namesOf(logFilesOf(pairOf(unprivileged, true), unprivileged)).filter(isOfPackages)).toEqual([
    'rsync_pip_req.log',
    'pip_packages_primary.txt',
  ])
})

test('each log is asked for by an id of its own, which no directory can have', () => {
  const files = logFilesOf(pairOf(soar, true), soar)
  expect(new Set(files.map(({ id }) => id)).size).toBe(files.length)
  const ofPackages = files.filter(({ id }) => /packages|_req/.test(id)).map(({ id }) => id)
  expect(ofPackages).toHaveLength(6)
  expect(ofPackages.filter(isDirectoryId)).toEqual([])
})
