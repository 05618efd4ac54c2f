import { Command } from 'commander'
import { expect, test } from 'vitest'
import { type CreateFlags, toDirectories, toScope, withCreateOptions } from '@/cli/commands/plan-flags'

const needed = ['--profile', 'generic-debian', '--primary', 'a', '--standby', 'b']
const flagsOf = (...given: readonly string[]): CreateFlags =>
  withCreateOptions(new Command())
    .parse([...needed, ...given], { from: 'user' })
    .opts()

const directory = (id: string) => ({
  id,
  title: id,
  path: `/srv/${id}`,
  log: `${id}.log`,
  schedule: '* * * * *',
})
const profile = { directories: [directory('vault'), directory('etc')] }
const idsOf = (...given: readonly string[]) => toDirectories(profile, flagsOf(...given)).map(({ id }) => id)

test('without a flag the pair has everything', () => {
  expect(toScope(flagsOf())).toEqual({ database: true, files: true, packages: true })
  expect(idsOf()).toEqual(['vault', 'etc'])
})

test.each([['--no-database'], ['--ignore-database'], ['-d']])('%s leaves the database out', (flag) => {
  expect(toScope(flagsOf(flag))).toEqual({ database: false, files: true, packages: true })
})

test('--no-files leaves the directories out', () => {
  expect(toScope(flagsOf('--no-files'))).toEqual({ database: true, files: false, packages: true })
})

test.each([['--no-packages'], ['--ignore-package-updates']])('%s leaves the packages out', (flag) => {
  expect(toScope(flagsOf(flag))).toEqual({ database: true, files: true, packages: false })
})

test.each([['--without', 'vault'], ['--ignore-vault'], ['-t']])('%s %s leaves the vault out', (...flags) => {
  expect(idsOf(...flags.filter((flag) => flag !== undefined))).toEqual(['etc'])
})

test('left out by both names it is left out once', () => {
  expect(idsOf('-t', '--without', 'vault', '--without', 'etc')).toEqual([])
})

test('a directory that the profile does not have is refused with those that it has', () => {
  const flags = flagsOf('--ignore-vault')
  expect(() => toDirectories({ directories: [directory('etc')] }, flags)).toThrowError(
    expect.objectContaining({ code: 'INVALID_INPUT', fix: 'It has: etc.' }),
  )
})
