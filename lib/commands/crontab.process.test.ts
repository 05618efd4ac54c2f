import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readCrontab } from '@/lib/commands/crontab'

/** Reading the crontab in a real shell, with a crontab(1) of the test that answers as those of the distributions do. */
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-crontab-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const answers = (script: string) => {
  const program = join(folder, 'crontab')
  writeFileSync(program, `#!/bin/sh\n${script}\n`)
  chmodSync(program, 0o755)
}
const read = () => {
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', readCrontab().text], {
    encoding: 'utf8',
    env: { PATH: folder, NODE_ENV: 'test', LC_ALL: 'de_DE.UTF-8' },
  })
  return { code: status, out: stdout, said: stderr.trim() }
}

describe('the crontab of the login user', () => {
  test('is read byte for byte, whatever else is said', () => {
    answers(`printf '# mine\\n\\n0 1 * * * echo "$(id)" 100\\\\%%\\n\\n'; echo 'a warning' >&2`)
    expect(read()).toEqual({ code: 0, out: '# mine\n\n0 1 * * * echo "$(id)" 100\\%\n\n', said: '' })
  })

  test('is empty where crontab(1) says in its own words that there is none, asked in them', () => {
    answers(`[ "$LC_ALL" = C ] || exit 9; echo 'no crontab for phantom' >&2; exit 1`)
    expect(read()).toEqual({ code: 0, out: '', said: '' })
  })

  test.each([
    ['Debian’s cron refuses the user', 1, 'You (phantom) are not allowed to use this program (crontab)'],
    [
      'PAM refuses it',
      1,
      'You (phantom) are not allowed to access to (crontab) because of pam configuration.',
    ],
    ['the spool can’t be read', 1, 'crontabs/phantom/: fopen: Permission denied'],
    ['the user is none any more', 1, "crontab: your UID isn't in the passwd file. bailing out."],
    ['nothing is said', 1, ''],
    ['it was killed', 137, 'Killed'],
  ])('is not taken for empty where %s', (_, code, said) => {
    answers(`echo "${said}" >&2; exit ${code}`)
    expect(read()).toEqual({ code, out: '', said })
  })

  test('is not taken for empty where cron is not installed', () => {
    expect(read()).toMatchObject({ code: 127, out: '' })
  })
})
