import { expect, test } from 'vitest'
import { findHost } from '@/lab/find-host'
import { Lab } from '@/lab/lab'
import { LabError } from '@/lab/run-command'

/** A lab as its record tells it; nothing of it is up. */
const labOf = (name: string, number: number, hostNames: readonly string[]) =>
  new Lab({
    name,
    number,
    tag: `000${number}`,
    directory: `/nowhere/${number}`,
    owner: null,
    hosts: hostNames.map((hostName, index) => ({
      index: index + 1,
      name: hostName,
      address: `10.213.${number}.${11 + index}`,
      suite: 'bookworm',
      layout: 'debian',
      passwords: {},
      hostKey: '',
      hostKeyFingerprint: '',
    })),
  })

const one = labOf('demo-1a2b3c4d', 1, ['demo-1', 'demo-2'])
const other = labOf('demo', 2, ['demo-1', 'demo-2'])
const third = labOf('soar', 3, ['soar-1', 'soar-2'])

test('a host is found by its name where only one lab has it', () => {
  expect(findHost([one, third], 'demo-2').address).toBe('10.213.1.12')
  expect(findHost([one, third], 'soar-1').address).toBe('10.213.3.11')
})

test('a name that hosts of two labs have is refused with both, so that no fault hits the wrong one', () => {
  expect(() => findHost([one, other, third], 'demo-1')).toThrow(
    new LabError('2 labs have a host demo-1; say which: demo-1a2b3c4d/demo-1, demo/demo-1'),
  )
})

test('with the name of its lab before it, it is that one', () => {
  expect(findHost([one, other, third], 'demo/demo-1').address).toBe('10.213.2.11')
  expect(findHost([one, other, third], 'demo-1a2b3c4d/demo-1').address).toBe('10.213.1.11')
})

test('a host that no lab has is refused, with where to look', () => {
  for (const name of ['demo-3', 'soar/demo-1', ''])
    expect(() => findHost([one, other, third], name)).toThrow(
      new LabError(`there is no host ${name}: npm run lab -- status`),
    )
})
