import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { machineInventory, parseMachineInventory } from '@/lib/facts/machine-inventory'
import { rootPlaces } from '@/test/harness/places'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-inventory-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** The answer of a real shell. */
const ask = (versionFile: string) => {
  const { text } = machineInventory({
    places: rootPlaces('ledger'),
    dataDirectory: folder,
    application: { unit: null, versionFile, versionCommand: null },
  })
  return parseMachineInventory(execFileSync('/bin/sh', ['-c', text], { encoding: 'utf8', timeout: 5000 }))
}

test('a version file that hangs costs its own fact only: the disk is still told', () => {
  const file = join(folder, 'VERSION')
  execFileSync('/bin/sh', ['-c', 'mkfifo -- "$1"', 'sh', file])
  const answer = ask(file)
  expect(answer.applicationVersion).toBeNull()
  expect(answer.dataDiskFreeBytes).toBeGreaterThan(0)
})

test.each([
  ['4.10.7\nmore\n', '4.10.7'],
  ['4.10.7', '4.10.7'],
  ['  4.10 beta \\n \n', '4.10 beta \\n'],
  ['', null],
])('of a version file with %j the version is %j', (content, version) => {
  const file = join(folder, 'VER $(SION)')
  writeFileSync(file, content)
  expect(ask(file).applicationVersion).toBe(version)
})

test('a version file that is not there is no version', () => {
  expect(ask(join(folder, 'nowhere')).applicationVersion).toBeNull()
})

test('a directory is told with its owner’s number and name, or that it has none, and one that is not there costs nothing', () => {
  execFileSync('chown', ['54321:0', folder])
  const { text } = machineInventory({
    places: rootPlaces('ledger'),
    dataDirectory: null,
    application: { unit: null, versionFile: null, versionCommand: null },
    directories: [join(folder, 'nowhere'), folder, '/'],
  })
  const said = execFileSync('/bin/sh', ['-c', text], { encoding: 'utf8', timeout: 5000 })
  expect(parseMachineInventory(said).fileOwners).toEqual({
    users: [
      { id: 54321, name: null },
      { id: 0, name: 'root' },
    ],
    groups: [{ id: 0, name: 'root' }],
  })
})
