import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hasCode } from '@/lib/errors'
import { machineParityQuestion, parseMachineParity, plainLocale } from '@/lib/facts/machine-parity'
import { ownerNamesQuestion, parseOwnerNames } from '@/lib/facts/owner-names'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy parity '))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const run = (script: string) =>
  execFileSync('sh', ['-c', script], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } })
const none = { versionFile: null, versionCommand: null }

/** A program of the test's own, before all others. */
function stub(name: string, script: string): string {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return `PATH='${folder}':$PATH; `
}

test('a real machine tells memory, C library, locales and time zone', () => {
  const seen = parseMachineParity(run(machineParityQuestion(none).text))
  const kilobytes = /^MemTotal: *(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]
  expect(seen.memoryBytes).toBe(Number(kilobytes) * 1024)
  expect(seen.libc).toMatch(/^glibc \d+\.\d+$/)
  expect(seen.locales).toContain('C')
  expect(seen.timeZone).toMatch(/\S/)
  expect(seen.clusterManagers).toEqual([])
})

test('the version of the application is the first line of its file, or of what its command says', () => {
  const file = join(folder, "it's $(touch x)")
  writeFileSync(file, '4.2.0 beta\nmore\n')
  const of = (application: Parameters<typeof machineParityQuestion>[0]) =>
    parseMachineParity(run(machineParityQuestion(application).text)).applicationVersion
  expect(of({ versionFile: file, versionCommand: null })).toBe('4.2.0 beta')
  expect(of({ versionFile: null, versionCommand: 'echo 5.0; echo more' })).toBe('5.0')
  expect(of({ versionFile: join(folder, 'none'), versionCommand: null })).toBeNull()
  expect(of({ versionFile: null, versionCommand: 'exit 3' })).toBeNull()
  expect(of(none)).toBeNull()
})

test('what manages a cluster is told by the names of its processes, and by no others that contain them', () => {
  const before = stub('ps', "printf 'patroni\\nmy-patroni\\npatroni2\\ncorosync\\ncorosync\\nsh\\n'")
  expect(parseMachineParity(run(before + machineParityQuestion(none).text)).clusterManagers).toEqual([
    'corosync',
    'patroni',
  ])
})

test('a machine without locale(1) has locales that are not known, not none', () => {
  const text = 'memory=100\nhuge_pages=2\nhuge_size=2048\nlibc=\nhas_locale=no\nlocales=\nzone=\nend=yes\n'
  expect(parseMachineParity(text)).toEqual({
    memoryBytes: 102_400,
    hugePagesBytes: 4 * 1024 ** 2,
    libc: null,
    locales: null,
    timeZone: null,
    applicationVersion: null,
    clusterManagers: [],
  })
})

test.each([
  ['en_US.UTF-8', 'en_US.utf8'],
  ['de_DE@euro', 'de_DE@euro'],
  ['de_DE.ISO-8859-15@euro', 'de_DE.iso885915@euro'],
  ['C.UTF-8', 'C.utf8'],
  ['C', 'C'],
])('%s and %s are one locale', (one, other) => {
  expect(plainLocale(one)).toBe(plainLocale(other))
})

test('users and groups are told by number and by name; whom the host does not know is not among them', () => {
  const asked = { users: ['0', '4294967', 'root', '--'], groups: ['0', 'no such; group'] }
  const names = parseOwnerNames(run(ownerNamesQuestion(asked).text))
  expect(names.users).toContainEqual({ name: 'root', id: 0 })
  expect(new Set(names.users.map(({ id }) => id))).toEqual(new Set([0]))
  expect(names.groups).toEqual([{ name: 'root', id: 0 }])
  expect(parseOwnerNames(run(ownerNamesQuestion({ users: [], groups: [] }).text))).toEqual({
    users: [],
    groups: [],
  })
})

test('an answer that is cut off is an error, never an empty value', () => {
  const refuses = (parse: () => unknown) => {
    try {
      parse()
    } catch (error) {
      return hasCode(error, 'HOST_COMMAND_FAILED')
    }
    return false
  }
  expect(refuses(() => parseMachineParity('memory=100\nlibc=glibc 2.36\n'))).toBe(true)
  expect(refuses(() => parseOwnerNames('passwd 0 root\n'))).toBe(true)
  expect(refuses(() => parseOwnerNames('passwd many root\nend\n'))).toBe(true)
})
