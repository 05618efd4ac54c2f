import { expect, test } from 'vitest'
import { readSource } from './source-files'

type Entry = {
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}
const { packages }: { packages: Readonly<Record<string, Entry>> } = JSON.parse(
  readSource('package-lock.json'),
)

/** Where Node would find `name` from the package at `from`. */
function resolvesFrom(from: string, name: string): boolean {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
    if (`${base ? `${base}/` : ''}node_modules/${name}` in packages) return true
    if (!base.includes('/node_modules/') && base !== '') {
      if (`node_modules/${name}` in packages) return true
      return false
    }
    if (base === '') return false
  }
}

test('the lock file holds every package that a package asks for, those of other machines too: else npm ci refuses it', () => {
  const missing = Object.entries(packages).flatMap(([path, { dependencies, optionalDependencies }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !resolvesFrom(path, name))
      .map((name) => `${path} asks for ${name}`),
  )
  expect(missing).toEqual([])
})

test('no esbuild in the lock file answers requests of any web page: GHSA-67mh-4wv8-f99q, up to 0.24.2', () => {
  const versions = Object.entries(packages).flatMap(([path, { version = '' }]) =>
    path.endsWith('node_modules/esbuild') ? [version] : [],
  )
  expect(versions).not.toEqual([])
  expect(versions.filter((version) => /^0\.(\d|1\d|2[0-4])\./.test(version))).toEqual([])
})
