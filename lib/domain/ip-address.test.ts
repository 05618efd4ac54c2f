import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isAddress, isInNetwork, isSameAddress } from '@/lib/domain/ip-address'

test.each([
  ['10.1.2.3', '10.1.2.3'],
  ['fd00::1', 'fd00:0:0:0:0:0:0:1'],
  ['FD00::A', 'fd00::a'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['::', '0:0:0:0:0:0:0:0'],
  ['fe80::1%eth0', 'fe80::1'],
])('%s and %s are the same address', (one, other) => {
  expect(isSameAddress(one, other)).toBe(true)
  expect(isSameAddress(other, one)).toBe(true)
  expect(isAddress(one)).toBe(true)
})

test.each([
  ['10.1.2.3', '10.1.2.4'],
  ['10.1.2.3', '::10.1.2.3'],
  ['db1.example', 'db1.example'],
  ['256.1.1.1', '256.1.1.1'],
  ['1:2:3', '1:2:3'],
  ['1::2::3', '1::2::3'],
  ['::ffff:10.1.2.300', '::ffff:10.1.2.300'],
  ['', ''],
])('%s and %s are not', (one, other) => {
  expect(isSameAddress(one, other)).toBe(false)
})

test('a name, or a part of an address, is none', () => {
  for (const text of ['db1.example', '10.1.2', '1:2:3', '']) expect(isAddress(text)).toBe(false)
})

test.each([
  ['10.1.2.3', '10.1.2.0', '255.255.255.0', true],
  ['10.1.3.3', '10.1.2.0', '255.255.255.0', false],
  ['10.1.2.3', '0.0.0.0', '0.0.0.0', true],
  ['10.1.2.3', '10.1.2.3', '255.255.255.255', true],
  ['10.1.2.3', '::', '::', false],
  ['fd00::99', 'fd00::', 'ffff:ffff:ffff:ffff::', true],
  ['fd01::99', 'fd00::', 'ffff:ffff:ffff:ffff::', false],
])('%s lies in %s, mask %s: %s', (address, network, mask, isIn) => {
  expect(isInNetwork(address, network, mask)).toBe(isIn)
})

test('an address is the same however its groups are written, and in no other network than its own', () => {
  fc.assert(
    fc.property(fc.ipV6(), fc.ipV4(), (six, four) => {
      expect(isSameAddress(six, six.toUpperCase())).toBe(true)
      expect(isInNetwork(four, four, '255.255.255.255')).toBe(true)
      expect(isInNetwork(four, '0.0.0.0', '0.0.0.0')).toBe(true)
    }),
  )
})
