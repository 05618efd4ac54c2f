import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { isCode, isTest, listFiles, readSource, root } from './source-files'

const files = listFiles()
const code = files.filter(
  (file) => isCode(file) && /^(app|components|lib|cli|lab|bench|e2e|test)\//.test(file),
)
const lineCount = (file: string) => readSource(file).split('\n').length - 1

test('no file is longer than 400 lines', () => {
  const long = [...code, ...files.filter((file) => /^host\/|\.sh$/.test(file))].filter(
    (file) => lineCount(file) > 400,
  )
  expect(long).toEqual([])
})

test('no file is called utils, helpers or misc', () => {
  expect(code.filter((file) => /^(utils?|helpers?|misc|common|shared)\.tsx?$/.test(basename(file)))).toEqual(
    [],
  )
})

test('files and folders are kebab-case', () => {
  const odd = code.filter((file) => file.split('/').some((part) => !/^[a-z0-9[\]().@_-]+$/.test(part)))
  expect(odd).toEqual([])
})

test('types are never switched off', () => {
  const off =
    /(:\s*any\s*[;,)=|>\]}]|\bas any\b|<any>|\bany\[\]|@ts-(ignore|nocheck|expect-error)|biome-ignore)/
  expect(code.filter((file) => !file.startsWith('test/repository/') && off.test(readSource(file)))).toEqual(
    [],
  )
})

test('no test is skipped, focused or retried', () => {
  const evasion =
    /\b(it|test|describe)\.(skip|only|todo|fixme)\b|passWithNoTests|retries:\s*[1-9]|retry:\s*[1-9]/
  const tests = code.filter((file) => isTest(file) || file.startsWith('e2e/') || file.startsWith('test/'))
  expect(
    tests.filter((file) => !file.startsWith('test/repository/') && evasion.test(readSource(file))),
  ).toEqual([])
})

test('nothing is left for later in the code', () => {
  const later = /\b(TODO|FIXME|not implemented|coming soon)\b/i
  expect(code.filter((file) => !file.startsWith('test/repository/') && later.test(readSource(file)))).toEqual(
    [],
  )
})

test('no mark of a merge is left, in a comment neither', () => {
  const texts = files.filter((file) => isCode(file) || /\.(md|sh|ya?ml|css)$/.test(file))
  expect(texts.filter((file) => /^(<{7}|>{7}) /m.test(readSource(file)))).toEqual([])
})

test('only the words of the glossary are used for the hosts’ roles', () => {
  const texts = files.filter((file) =>
    /^(app|components|lib|cli|docs|host|lab)\/.*\.(ts|tsx|md|yaml|sh)$/.test(file),
  )
  const foreign = /\b(slave|secondary (host|node|server)|master (host|node|server))\b/i
  expect(texts.filter((file) => file !== 'docs/glossary.md' && foreign.test(readSource(file)))).toEqual([])
})

/** It may only be raised. */
const testShareMin = 1

test('lib is proved by at least its share of lines of tests', () => {
  const sum = (list: readonly string[]) => list.reduce((total, file) => total + lineCount(file), 0)
  const source = code.filter((file) => file.startsWith('lib/') && !isTest(file))
  const tests = code.filter((file) => (file.startsWith('lib/') && isTest(file)) || file.startsWith('test/'))
  expect(sum(tests) / sum(source)).toBeGreaterThanOrEqual(testShareMin)
})

test('the lock file names no registry', () => {
  expect(readSource('package-lock.json')).not.toContain('"resolved"')
})

test('every path that the documents cite exists', () => {
  const documents = files.filter((file) => file.endsWith('.md') && !file.startsWith('docs/decisions/'))
  const missing = documents.flatMap((document) =>
    [
      ...readSource(document).matchAll(
        /`((?:app|bench|bin|cli|components|docs|e2e|host|lab|lib|public|test)\/[^`\s*<>{}$…]+)`/g,
      ),
    ]
      .map((match) => match[1] ?? '')
      .filter((path) => !existsSync(`${root}/${path.replace(/:\d+$/, '')}`))
      .map((path) => `${document}: ${path}`),
  )
  expect(missing).toEqual([])
})
