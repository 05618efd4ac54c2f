import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseSourceAddress, parseSshKeysSeen, routeTo, sshKeysSeen } from '@/lib/facts/link-survey'

/** What the question answers where ssh-keyscan is this script, and how it was called. */
function scan(pinned: string | null, script: string): { answer: string; calls: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-scan-'))
  try {
    const calls = join(folder, 'calls')
    writeFileSync(calls, '')
    writeFileSync(join(folder, 'ssh-keyscan'), `#!/bin/sh\necho "$*" >>'${calls}'\n${script}\n`, {
      mode: 0o755,
    })
    const answer = execFileSync(
      'sh',
      ['-c', `PATH='${folder}':$PATH; ${sshKeysSeen('10.7.0.11', 22, pinned).text}`],
      {
        encoding: 'utf8',
      },
    )
    return { answer, calls: readFileSync(calls, 'utf8').split('\n').filter(Boolean) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test.each([
  ['ssh-ed25519 AAAA', 'ed25519'],
  ['ecdsa-sha2-nistp256 AAAA', 'ecdsa'],
  ['ssh-rsa AAAA', 'rsa'],
])('of a host whose key %s is pinned only that type is asked for: one connection', (pinned, type) => {
  const { answer, calls } = scan(pinned, `echo '10.7.0.11 ${pinned}'`)
  expect(parseSshKeysSeen(answer, pinned)).toBe('pinned-key')
  expect(calls).toEqual([`-T 5 -t ${type} -p 22 -- 10.7.0.11`])
})

test('a host that has no key of that type shows the others: it is another one, not a silent one', () => {
  const { answer, calls } = scan(
    'ssh-ed25519 AAAA',
    `case $* in *'-t '*) ;; *) echo '10.7.0.11 ssh-rsa BBBB' ;; esac`,
  )
  expect(parseSshKeysSeen(answer, 'ssh-ed25519 AAAA')).toBe('other-key')
  expect(calls).toHaveLength(2)
})

test('without a pinned key, or with one of another kind, all types are asked for', () => {
  for (const pinned of [null, 'sk-ssh-ed25519@openssh.com AAAA'])
    expect(scan(pinned, 'exit 0').calls).toEqual(['-T 5 -p 22 -- 10.7.0.11'])
})

test('the address by which a host goes to another is what its kernel says', () => {
  const question = routeTo('127.0.0.1').text
  const answer = execFileSync('sh', ['-c', question], { encoding: 'utf8' })
  expect(parseSourceAddress(answer)).toBe('127.0.0.1')
  expect(parseSourceAddress('10.0.0.2 via 10.0.0.1 dev eth0 src fd00::12 uid 0 \\    cache')).toBe('fd00::12')
  expect(parseSourceAddress('')).toBeNull()
})
