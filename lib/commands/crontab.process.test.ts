import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readCrontab, releaseHeldLines, takeOutCrontabBlock } from '@/lib/commands/crontab'

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

describe('edited where nobody is there who could read it', () => {
  const block =
    '# BEGIN understudy soar (managed: changes between these lines are lost)\n* * * * * sync\n# END understudy soar\n'
  const held = '# held by understudy soar application: @reboot start\n'
  /** A crontab(1) that keeps it in a file of the test. */
  const keep = (content: string | null) => {
    const file = join(folder, 'kept')
    if (content !== null) writeFileSync(file, content)
    answers(`case $1 in
  -l) [ -e ${file} ] || { echo 'no crontab for phantom' >&2; exit 1; }; cat ${file} ;;
  -) cat >${file} ;;
  *) exit 9 ;;
esac`)
    return () => (existsSync(file) ? readFileSync(file, 'utf8') : null)
  }
  const run = (text: string) =>
    spawnSync('/bin/sh', ['-c', text], {
      encoding: 'utf8',
      env: { PATH: `${folder}:/usr/bin:/bin`, TMPDIR: folder, NODE_ENV: 'test' },
    })

  test('the block goes, held lines are lines again, and what is somebody else’s stays', () => {
    const now = keep(`# mine\n${held}${block}`)
    expect(run(takeOutCrontabBlock('soar').text).status).toBe(0)
    expect(run(releaseHeldLines('soar application').text).status).toBe(0)
    expect(now()).toBe('# mine\n@reboot start\n')
  })

  test('where there is none, none is made', () => {
    const now = keep(null)
    expect(run(takeOutCrontabBlock('soar').text).status).toBe(0)
    expect(now()).toBeNull()
  })

  test('one that can’t be read is left alone, and that is a failure', () => {
    answers(
      `[ "$1" = -l ] || { : >${join(folder, 'written')}; exit 0; }; echo 'You are not allowed' >&2; exit 1`,
    )
    expect(run(takeOutCrontabBlock('soar').text).status).not.toBe(0)
    expect(existsSync(join(folder, 'written'))).toBe(false)
  })
})
