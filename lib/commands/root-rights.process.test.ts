import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildSudoers, sudoersPath } from '@/lib/commands/root-rights'
import { hostileNames } from '@/test/harness/hostile-text'

/** sudo's own word for the fragment: what it does not read, it would not heed, and what it misreads, it would permit. */
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-sudoers-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Exit code of visudo; throws where it is not installed: npm test installs it. */
function visudo(fragment: string): number | null {
  const file = join(folder, 'fragment')
  writeFileSync(file, fragment, { mode: 0o440 })
  const { error, status } = spawnSync('/usr/sbin/visudo', ['-cqf', file])
  if (error) throw error
  return status
}

describe('the fragment of sudoers', () => {
  test.each([['operator'], ['a.b-c_d'], ['svc$'], ['EXAMPLE\\ada'], ['ada@example.org'], ['Ada1']])(
    'is one that visudo takes, for the user %s',
    (user) => {
      expect(visudo(buildSudoers(user, 'postgres'))).toBe(0)
      expect(sudoersPath(user)).toMatch(/^\/etc\/sudoers\.d\/understudy-[A-Za-z0-9_-]+$/)
    },
  )

  test.each([
    ...hostileNames,
    'ALL',
    'OPERATORS',
    '%wheel',
    '#0',
    '+netgroup',
    'a,b',
    'a b',
    'a=(ALL)',
    'a!',
    '',
  ])('names nobody else for the user %j: it is refused, or stands there as that one name', (user) => {
    let fragment: string
    try {
      fragment = buildSudoers(user, 'postgres')
    } catch (error) {
      expect(error).toMatchObject({ code: 'INVALID_INPUT' })
      return
    }
    expect(user).toMatch(/^[A-Za-z0-9_.@\\$-]+$/)
    expect(visudo(fragment)).toBe(0)
  })
})

test('a fragment that sudo would not read is one that visudo does not take', () => {
  expect(visudo('operator ALL=(root NOPASSWD\n')).toBe(1)
})
