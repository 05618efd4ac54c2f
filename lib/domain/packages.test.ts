import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  comparePackages,
  packageListName,
  packageListText,
  packageLogName,
  toNevra,
} from '@/lib/domain/packages'

const one = (name: string, version: string) => ({ name, version })

test('what the primary has and the standby lacks is missing; another version is told, and no lack', () => {
  const primary = [one('b', '2'), one('a', '1'), one('c', '3')]
  expect(comparePackages(primary, [one('c', '1'), one('z', '9')])).toEqual({
    missing: [one('a', '1'), one('b', '2')],
    other: [{ name: 'c', primary: '3', standby: '1' }],
  })
})

test('of a package that is there in several versions one that both have is enough', () => {
  const kernels = [one('kernel', '1'), one('kernel', '2')]
  expect(comparePackages(kernels, [one('kernel', '2'), one('kernel', '1')]).other).toEqual([])
  expect(comparePackages(kernels, [one('kernel', '3')]).other).toEqual([
    { name: 'kernel', primary: '2', standby: '3' },
  ])
})

test('hosts with the same packages differ in nothing, whatever their order', () => {
  const packages = fc.uniqueArray(fc.record({ name: fc.string(), version: fc.string() }), {
    selector: ({ name }) => name,
  })
  fc.assert(
    fc.property(packages, (list) => {
      expect(comparePackages(list, [...list].reverse())).toEqual({ missing: [], other: [] })
    }),
  )
})

test('lists and logs have the seed’s names, and a line as each tool writes it', () => {
  expect(packageListName('rpm')).toBe('rpm_packages_primary.txt')
  expect(packageListName('pip')).toBe('pip_packages_primary.txt')
  expect(packageLogName('rpm')).toBe('rsync_rpm_req.log')
  expect(packageLogName('pip')).toBe('rsync_pip_req.log')
  expect(packageListText('pip', [one('requests', '2.31.0'), one('flask', '3.0')])).toBe(
    'flask==3.0\nrequests==2.31.0\n',
  )
  expect(packageListText('deb', [one('libc6:amd64', '2.36-9')])).toBe('libc6:amd64=2.36-9\n')
  expect(packageListText('rpm', [one('bash.x86_64', '0:5.1.8-6.el9')])).toBe('bash-0:5.1.8-6.el9.x86_64\n')
})

test('a build of rpm is named with its architecture last, also where the name has dots', () => {
  expect(toNevra(one('python3.11.x86_64', '0:3.11.5-1'))).toBe('python3.11-0:3.11.5-1.x86_64')
})
