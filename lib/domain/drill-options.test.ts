import { expect, test } from 'vitest'
import { drillOptions } from '@/lib/domain/drill-options'

test('nothing has to be chosen', () => {
  expect(drillOptions.parse({})).toEqual({
    lagSeconds: 10,
    rateMegabytes: 100,
    amcheckMinutes: 60,
    directory: null,
  })
})

test.each([
  ['lagSeconds', 0],
  ['lagSeconds', 3_601],
  ['rateMegabytes', 0],
  ['rateMegabytes', 1_001],
  ['amcheckMinutes', -1],
  ['amcheckMinutes', 1.5],
  ['directory', 'relative'],
  ['directory', '/a/../b'],
  ['color', 'red'],
])('%s can’t be %s', (name, value) => {
  const { error } = drillOptions.safeParse({ [name]: value })
  expect(error?.issues).toHaveLength(1)
  expect(error?.issues[0]?.message).toMatch(/\S/)
})
