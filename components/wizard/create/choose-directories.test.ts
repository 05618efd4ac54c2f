import { expect, test } from 'vitest'
import { directoriesToChoose, withDirectory } from '@/components/wizard/create/choose-directories'
import type { DirectorySetting } from '@/lib/domain/pair'

const directory = (id: string, schedule = '* * * * *'): DirectorySetting => ({
  id,
  title: id,
  path: `/srv/${id}`,
  log: `${id}.log`,
  schedule,
})
const [vault, etc, own] = [directory('vault'), directory('etc'), directory('own')]
const idsOf = (directories: readonly DirectorySetting[]) => directories.map(({ id }) => id)

test('every directory of the profile can be chosen, and those that a pair has beside them', () => {
  expect(idsOf(directoriesToChoose([vault, etc], [own, etc]))).toEqual(['vault', 'etc', 'own'])
})

test('one that is left out is taken in again at its place, the others keep their schedules', () => {
  const changed = directory('etc', '*/5 * * * *')
  const all = [vault, etc, own]
  const without = withDirectory(all, [vault, changed, own], vault, false)
  expect(without).toEqual([changed, own])
  expect(withDirectory(all, without, vault, true)).toEqual([vault, changed, own])
})

test('taken in twice it is there once', () => {
  expect(idsOf(withDirectory([vault, etc], [vault], vault, true))).toEqual(['vault'])
})
