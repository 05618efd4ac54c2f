import { expect, test } from 'vitest'
import { fingerprintOfLine } from '@/lib/commands/key-fingerprint'
import { someKey } from '@/test/harness/rotate-facts'

/** Recorded from OpenSSH 9.2: `ssh-keygen -lf key.pub`. */
const printed = 'SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU'

test.each([
  ['a file of a public key', someKey],
  ['known_hosts', `10.7.0.11 ${someKey.replace(/ \S+$/, '')}\n`],
  ['known_hosts, of another port', `[fd00::11]:2222 ${someKey}`],
])('the fingerprint of a line of %s is the one that ssh-keygen prints', (_, line) => {
  expect(fingerprintOfLine(line)).toBe(printed)
})

test.each(['', 'no key', 'ssh-ed25519', '10.7.0.11'])('a line without a key has none: “%s”', (line) => {
  expect(fingerprintOfLine(line)).toBeNull()
})
