import { expect, test } from 'vitest'
import { receivedBytes } from '@/bench/repair/received-bytes'

const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:  104512     812    0    0    0     0          0         0   104512     812    0    0    0     0       0          0
 host0:124600000   90210    0    0    0     0          0         0  2201311   31002    0    0    0     0       0          0
`

test('are the first number behind the device’s name, with or without a space', () => {
  expect(receivedBytes(text, 'host0')).toBe(124_600_000)
  expect(receivedBytes(text, 'lo')).toBe(104_512)
})

test('of a device that is not there are not 0 but an error', () => {
  expect(() => receivedBytes(text, 'host')).toThrow('there is no device host')
  expect(() => receivedBytes('', 'host0')).toThrow('there is no device host0')
})
