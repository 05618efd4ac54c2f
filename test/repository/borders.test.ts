import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Border, biomeOverride, borders, doors } from './borders'
import { importsIn } from './imports'
import { isCode, isTest, isWithin, listFiles, readSource, root } from './source-files'

/** All but settings of tools, which lie at the root. */
const watched = listFiles().filter(
  (file) => isCode(file) && !isTest(file) && !/^[a-z]+\.config\.ts$/.test(file),
)

function borderOf(file: string): Border | undefined {
  return borders
    .filter((border) => isWithin(file, border.place))
    .sort((a, b) => b.place.length - a.place.length)[0]
}

test('every source file lies within a border', () => {
  expect(watched.filter((file) => !borderOf(file))).toEqual([])
})

test('no file imports what its border does not name', () => {
  const refused = watched.flatMap((file) => {
    const border = borderOf(file)
    if (!border) return []
    return importsIn(file, readSource(file))
      .filter((path) => !/\.(css|json|yaml)$/.test(path))
      .filter((path) => ![border.place, ...border.may].some((place) => isWithin(path, place)))
      .map((path) => `${file} imports ${path}`)
  })
  expect(refused).toEqual([])
})

for (const door of doors)
  test(`only ${door.places.join(', ')} touch ${door.name}`, () => {
    const places = [...door.places, 'test/repository/borders']
    const outside = watched.filter((file) => !places.some((place) => isWithin(file, place)))
    expect(outside.filter((file) => door.pattern.test(readSource(file)))).toEqual([])
  })

test('the linter is told the same borders', () => {
  const biome: unknown = JSON.parse(readFileSync(`${root}/biome.json`, 'utf8'))
  expect(biome, 'npx tsx test/repository/write-borders.ts writes them').toMatchObject({
    overrides: expect.arrayContaining(borders.map(biomeOverride)),
  })
})
