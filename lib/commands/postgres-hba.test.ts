import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hbaLines, putHbaBlock, removeHbaBlock } from '@/lib/commands/postgres-hba'

const debian = `# Database administrative login by Unix domain socket
local   all             postgres                                peer
local   all             all                                     peer
host    all             all             127.0.0.1/32            scram-sha-256
`
const lines = hbaLines({ replicationFrom: '10.1.2.3', isTls: false })

test('the block stands first, names the pair and lets only the other host replicate', () => {
  expect(
    putHbaBlock(debian, 'ledger', lines),
  ).toBe(`# BEGIN understudy ledger (managed: changes between these lines are lost)
host replication understudy_repl 10.1.2.3/32 scram-sha-256
local all understudy_monitor scram-sha-256
host all understudy_monitor 127.0.0.1/32 scram-sha-256
host all understudy_monitor ::1/128 scram-sha-256
# END understudy ledger
${debian}`)
})

test('with TLS the other host must use it; an IPv6 address is one address', () => {
  expect(hbaLines({ replicationFrom: 'fd00::7', isTls: true })[0]).toBe(
    'hostssl replication understudy_repl fd00::7/128 scram-sha-256',
  )
})

test('a host that nobody replicates from has only the lines of the monitoring role', () => {
  expect(hbaLines({ replicationFrom: null, isTls: true }).join('\n')).not.toContain('replication')
})

test('putting a block twice is as putting it once, and a new one replaces the old one', () => {
  const once = putHbaBlock(debian, 'ledger', lines)
  expect(putHbaBlock(once, 'ledger', lines)).toBe(once)
  const other = hbaLines({ replicationFrom: '10.9.9.9', isTls: false })
  expect(putHbaBlock(once, 'ledger', other)).toBe(putHbaBlock(debian, 'ledger', other))
})

test('the blocks of two pairs do not touch each other', () => {
  const both = putHbaBlock(putHbaBlock(debian, 'a', lines), 'a-b', lines)
  expect(removeHbaBlock(both, 'a')).toBe(putHbaBlock(debian, 'a-b', lines))
})

test('removing gives back any file byte for byte', () => {
  fc.assert(
    fc.property(fc.string(), (content) => {
      expect(removeHbaBlock(putHbaBlock(content, 'ledger', lines), 'ledger')).toBe(content)
    }),
  )
})

test('a block whose end was deleted by hand is an error, never a file cut short', () => {
  const broken = putHbaBlock(debian, 'ledger', lines).replace('# END understudy ledger\n', '')
  expect(() => removeHbaBlock(broken, 'ledger')).toThrow(RangeError)
})
