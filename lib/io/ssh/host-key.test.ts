import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fingerprintOf } from '@/lib/commands/key-fingerprint'
import { hostKeyAlgorithms, parseHostKeyLine, toHostKeyLine } from '@/lib/io/ssh/host-key'

/** Recorded from OpenSSH 9.2: `ssh-keygen -t TYPE -f key` and `ssh-keygen -lf key.pub`. */
const recorded = [
  {
    line: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKIq4fsJCLvqKEoXjbHX01ph75/56TVeqwwuAKyEjRKo',
    fingerprint: 'SHA256:gZ0JQ19KgMCeLX/te78tS5COE9NQ5UfOQroNrk4lzjc',
  },
]

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'understudy-key-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe('a fingerprint', () => {
  test('is the one that OpenSSH printed when this was recorded', () => {
    for (const { line, fingerprint } of recorded)
      expect(fingerprintOf(parseHostKeyLine(line) ?? Buffer.alloc(0))).toBe(fingerprint)
  })

  test.each(['ed25519', 'ecdsa', 'rsa'])('of a new %s key is the one that ssh-keygen prints', (type) => {
    const path = join(directory, type)
    // 3072 bits of RSA, the default, take seconds to find.
    const bits = type === 'rsa' ? ['-b', '2048'] : []
    execFileSync('ssh-keygen', ['-q', '-t', type, ...bits, '-N', '', '-C', 'a comment', '-f', path])
    const printed = execFileSync('ssh-keygen', ['-lf', `${path}.pub`], { encoding: 'utf8' }).split(' ')[1]
    const raw = parseHostKeyLine(readFileSync(`${path}.pub`, 'utf8'))
    expect(raw && fingerprintOf(raw)).toBe(printed)
    expect(raw && toHostKeyLine(raw)).toBe(
      readFileSync(`${path}.pub`, 'utf8').split(' ').slice(0, 2).join(' '),
    )
  })
})

test('what is no key is none', () => {
  for (const line of [
    '',
    'ssh-ed25519',
    'ssh-ed25519 AAAA',
    'nonsense',
    recorded[0]?.line.slice(0, 40) ?? '',
  ])
    expect(parseHostKeyLine(line)).toBeNull()
})

test('the pinned key’s own type is asked for first, and the others stay on offer', () => {
  const [first] = hostKeyAlgorithms(null)
  expect(first).toBe('ssh-ed25519')
  const path = join(directory, 'rsa')
  const rsa = parseHostKeyLine(readFileSync(`${path}.pub`, 'utf8'))
  expect(hostKeyAlgorithms(rsa).slice(0, 2)).toEqual(['rsa-sha2-512', 'rsa-sha2-256'])
  expect(hostKeyAlgorithms(rsa).toSorted()).toEqual(hostKeyAlgorithms(null).toSorted())
})
