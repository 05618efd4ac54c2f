import { expect, test } from 'vitest'
import { describeHosts } from '@/cli/demo-text'
import type { HostId } from '@/lib/domain/host'

const one = { id: 'h1', name: 'demo-1', address: '10.213.1.11' }
const other = { id: 'h2', name: 'demo-2', address: '10.213.1.12' }
const pairOf = (primary: HostId, standby: HostId, isPaired = true) => ({
  slug: 'ledger',
  hosts: { primary, standby },
  isPaired,
})

test('without a pair the application writes on the first host', () => {
  const sentence =
    'Two real hosts are up: demo-1 at 10.213.1.11, where the application writes, and demo-2 at 10.213.1.12.'
  expect(describeHosts([one, other], [])).toBe(sentence)
  expect(describeHosts([one, other], [pairOf(other.id, one.id, false)])).toBe(sentence)
})

test('with a pair it says which host is its primary: after a promotion that is the second', () => {
  expect(describeHosts([one, other], [pairOf(one.id, other.id)])).toBe(
    'Two real hosts are up: demo-1 at 10.213.1.11, the primary of ledger, and demo-2 at 10.213.1.12.',
  )
  expect(describeHosts([one, other], [pairOf(other.id, one.id)])).toBe(
    'Two real hosts are up: demo-1 at 10.213.1.11, and demo-2 at 10.213.1.12, the primary of ledger.',
  )
})
