import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { asRoot, type Command, sh, withStdin } from '@/lib/commands/command'
import { understudyRoot } from '@/lib/commands/host-files/understudy-root'
import { announceGroup, endGraceMs, endGroupText } from '@/lib/commands/remote-shell'
import { anyValue, buildRights, type RootForm, rootForm } from '@/lib/commands/root-rights'
import { hostileNames } from '@/test/harness/hostile-text'

/** `host/understudy-root` in a real shell, with its rights in a folder of this test: owned by whoever runs the test, not root. */
let folder: string
const path = (name: string) => join(folder, name)
const uid = process.getuid?.() ?? 0
const mark = 'understudy-0123'
/** As sudo says it. */
const env = { PATH: '/usr/bin:/bin', SUDO_USER: 'operator', NODE_ENV: 'test' as const }

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-root-'))
  mkdirSync(path('rights'))
  const program = understudyRoot
    .replace('rights=/etc/understudy-rights', `rights=${path('rights')}`)
    .replace('groups=/run/understudy', `groups=${path('groups')}`)
    .replaceAll("= '0 700 directory'", `= '${uid} 700 directory'`)
    .replaceAll("= '0 644'", `= '${uid} 644'`)
    .replaceAll("= '0 755'", `= '${uid} 755'`)
  writeFileSync(path('program'), program, { mode: 0o755 })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function permit(forms: readonly RootForm[], name = 'ledger') {
  writeFileSync(path(`rights/${name}`), buildRights('operator', ['of a test'], forms))
  chmodSync(path(`rights/${name}`), 0o644)
}
const runText = (text: string, input = '', said = mark): SpawnSyncReturns<string> =>
  spawnSync(path('program'), [said, text], { input, encoding: 'utf8', env })
const run = ({ text, stdin }: Pick<Command, 'text' | 'stdin'>) => runText(text, stdin ?? '')

const isRefused = ({ status, stdout, stderr }: SpawnSyncReturns<string>) => {
  expect({ status, stdout, stderr }).toEqual({ status: 77, stdout: '', stderr: '' })
}

describe('a command that is written down', () => {
  test('runs as it stands, says first in which process group, and keeps streams and exit code', () => {
    const command = sh`echo out; echo err >&2
exit 7`
    permit([rootForm('a trial', command)])
    const ran = run(command)
    expect(ran.stdout).toMatch(new RegExp(`^${mark} \\d+\\nout\\n$`))
    expect(ran.stderr).toMatch(new RegExp(`^${mark} \\d+\\nerr\\n$`))
    expect(ran.status).toBe(7)
  })

  test('is found in the rights of any pair', () => {
    permit([rootForm('one', sh`echo one`)], 'one')
    permit([rootForm('two', sh`echo two`)], 'two')
    expect(run(sh`echo one`).stdout).toContain('one\n')
    expect(run(sh`echo two`).stdout).toContain('two\n')
    isRefused(run(sh`echo three`))
  })

  test.each(hostileNames)('with a name in it that is %j names that alone', (name) => {
    if (name.includes('@@')) return
    permit([rootForm('a name', sh`printf %s ${name}`)])
    expect(run(sh`printf %s ${name}`).stdout.replace(/^.*\n/, '')).toBe(name)
    isRefused(run(sh`printf %s ${`${name}x`}`))
  })

  test.each([
    ['a word more', 'echo out; id'],
    ['a line more', 'echo out\nid'],
    ['a line before', 'id\necho out'],
    ['less', 'echo ou'],
    ['nothing', ''],
    ['a pattern', 'echo .*'],
  ])('does not run with %s', (_, text) => {
    permit([rootForm('a trial', sh`echo out`)])
    isRefused(runText(text))
  })

  test('never has more than two words of its caller: no option, no environment decides anything', () => {
    permit([rootForm('a trial', sh`echo out`)])
    for (const args of [[], [mark], [mark, 'echo out', 'id'], ['-c', 'id'], ["$(id)'", 'echo out']])
      expect(spawnSync(path('program'), args, { encoding: 'utf8', env }).status).toBe(77)
    const odd = { ...env, TEXT: 'id', ENV: '/dev/null/x', PATH: folder, permitted: 'any' }
    expect(spawnSync(path('program'), [mark, 'echo $PATH'], { encoding: 'utf8', env: odd }).status).toBe(77)
  })
})

describe('where it runs', () => {
  test('is an environment of its own: nothing of its caller’s is in it', () => {
    permit([rootForm('shows', sh`env`)])
    const odd = { ...env, PYTHONPATH: folder, RSYNC_RSH: 'sh', HOME: folder, LC_ALL: 'de_DE', TEXT: 'id' }
    const { stdout } = spawnSync(path('program'), [mark, 'env'], { encoding: 'utf8', env: odd })
    const names = stdout.split('\n').flatMap((line) => /^(\w+)=/.exec(line)?.[1] ?? [])
    expect(names.filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name)).toSorted()).toEqual([
      'HOME',
      'LC_ALL',
      'LOGNAME',
      'PATH',
      'USER',
    ])
    expect(stdout).toContain('HOME=/root\n')
  })

  test('a folder for its notes that is not root’s alone is used for nothing: there could be links in it', () => {
    permit([rootForm('a trial', sh`echo out`)])
    mkdirSync(path('groups'), { mode: 0o755 })
    isRefused(runText('echo out'))
    rmSync(path('groups'), { recursive: true })
    mkdirSync(path('elsewhere'), { mode: 0o700 })
    symlinkSync(path('elsewhere'), path('groups'))
    isRefused(runText('echo out'))
    expect(readdirSync(path('elsewhere'))).toEqual([])
    rmSync(path('groups'))
    expect(runText('echo out').status).toBe(0)
  })
})

describe('a value of a kind', () => {
  const cases = {
    number: { good: ['0', '12345'], bad: ['', '-1', '1 2', '1;id', '$(id)', '1\nid', '0x1', 'a'] },
    offset: { good: ['-1', '77'], bad: ['', '--1', '1-', '-', '-a'] },
    mark: { good: ['01abcdef'], bad: ['01abcde', '01abcdef0', '01ABCDEF', '01abcde;', '../../xx'] },
    machine: { good: ['0'.repeat(32)], bad: ['0'.repeat(31), 'g'.repeat(32), `${'0'.repeat(31)};`] },
    uuid: { good: [crypto.randomUUID()], bad: ['0', `${'0'.repeat(35)};`, `${'0'.repeat(35)}'`] },
    job: { good: ['hook-1_a'], bad: ['', '../x', '-x', 'a/b', 'a b', 'a;id', 'a.b'] },
    instant: {
      good: ['2026-11-23T09:50:36.123Z'],
      bad: ['', 'now', '-1 day', '2026-11-23 09:50', '2026;id'],
    },
    paths: {
      good: ['/a', '/a /b/c.d', "'/with a space' /x", "'/it'\\''s' /x"],
      bad: [
        '',
        '/a; id',
        '/a $(id)',
        "'/a",
        '/a\nid',
        '/a  /b',
        '/a|id',
        '"/a"',
        '`id`',
        '/a >/etc/x',
        '/a &',
      ],
    },
  } as const satisfies Record<keyof typeof anyValue, { good: readonly string[]; bad: readonly string[] }>

  test.each(Object.entries(cases))(
    '%s is any such value, and nothing that a shell could take for more',
    (kind, values) => {
      const sample = String(anyValue[kind as keyof typeof anyValue])
      permit([rootForm('a value', { ...sh``, text: `: before ${sample};:` })])
      for (const good of values.good) expect([good, runText(`: before ${good};:`).status]).toEqual([good, 0])
      for (const bad of values.bad) isRefused(runText(`: before ${bad};:`))
    },
  )

  test('is not what a path of the pair says: such a path is refused before anything is written down', () => {
    expect(() => rootForm('a path', sh`cat -- ${'/srv/@@paths@@'}`)).toThrow(/@@/)
  })
})

describe('standard input', () => {
  const writing = (content: string) => withStdin(asRoot(sh`cat`), content, false)

  test('is nothing where none is written down', () => {
    permit([rootForm('reads', sh`cat; echo end`)])
    expect(runText('cat; echo end', 'from outside').stdout).toMatch(/^.*\nend\n$/)
  })

  test('is only what was written down, to the byte, and is looked at before the command begins', () => {
    permit([rootForm('writes', writing('the program\n'))])
    expect(run(writing('the program\n')).stdout).toMatch(/\nthe program\n$/)
    isRefused(run(writing('another program\n')))
    isRefused(run(writing('')))
  })

  test('may be one of several that are written down for the same command', () => {
    permit([rootForm('one', writing('one')), rootForm('two', writing('two'))])
    expect(run(writing('one')).stdout).toMatch(/\none$/)
    expect(run(writing('two')).stdout).toMatch(/\ntwo$/)
    isRefused(run(writing('six')))
  })

  test('may be anything where that is said, and its length any', () => {
    const counted = (content: string) =>
      withStdin(sh`[ "$(wc -c)" -eq ${Buffer.byteLength(content)} ]`, content, false)
    permit([rootForm('data', counted('x'), { bytes: 1 })])
    expect(run(counted('something longer')).status).toBe(0)
  })

  test('leaves no copy behind', () => {
    permit([rootForm('writes', writing('the program\n'))])
    run(writing('the program\n'))
    run(writing('another\n'))
    expect(readdirSync(path('groups'))).toEqual([])
  })
})

describe('rights', () => {
  test('that somebody else could have written are none', () => {
    const form = rootForm('a trial', sh`echo out`)
    permit([form])
    chmodSync(path('rights/ledger'), 0o664)
    isRefused(runText('echo out'))
    rmSync(path('rights/ledger'))
    writeFileSync(path('elsewhere'), buildRights('operator', [], [form]), { mode: 0o644 })
    symlinkSync(path('elsewhere'), path('rights/ledger'))
    isRefused(runText('echo out'))
    rmSync(path('rights/ledger'))
    permit([form])
    chmodSync(path('rights'), 0o777)
    isRefused(runText('echo out'))
  })

  test.each(['', 'another', 'operator2', 'root', 'operator\n'])('are of one login, and not of %j', (user) => {
    permit([rootForm('a trial', sh`echo out`)])
    const asOther = { ...env, SUDO_USER: user }
    const ran = spawnSync(path('program'), [mark, 'echo out'], { encoding: 'utf8', env: asOther })
    expect(ran.status).toBe(77)
    expect(runText('echo out').status).toBe(0)
  })

  test('that are not there permit nothing', () => {
    isRefused(runText('true'))
    rmSync(path('rights'), { recursive: true })
    isRefused(runText('true'))
  })
})

describe('a process group', () => {
  const ending = (group: number | string) =>
    endGroupText('@@group@@', endGraceMs).replaceAll('@@group@@', String(group))
  const forms = [
    rootForm('ends', { ...sh``, text: endGroupText('@@group@@', endGraceMs) }),
    rootForm('waits', sh`sleep 600`),
  ]

  test('that was begun here is ended, whatever is in it', async () => {
    permit(forms)
    const child = spawn(path('program'), [mark, 'sleep 600'], { detached: true, env })
    const [said] = (await once(child.stdout, 'data')) as [Buffer]
    const group = Number(said.toString().split(' ')[1])
    const ended = once(child, 'exit')
    const ender = spawn(path('program'), [mark, ending(group)], { env })
    const [[code]] = await Promise.all([once(ender, 'exit'), ended])
    expect(code).toBe(0)
    expect(spawnSync('kill', ['-0', '--', `-${group}`]).status).not.toBe(0)
  })

  test('of anybody else is none of ours', async () => {
    permit(forms)
    const other = spawn('sh', ['-c', announceGroup('sleep 600', 'x')], { detached: true })
    await once(other.stdout, 'data')
    isRefused(runText(ending(other.pid ?? 0)))
    mkdirSync(path('groups'), { recursive: true, mode: 0o700 })
    // A number that was ours once, and is another's by now.
    writeFileSync(path(`groups/${other.pid}.1`), '4711\n')
    isRefused(runText(ending(other.pid ?? 0)))
    isRefused(runText(ending('-1')))
    process.kill(-(other.pid ?? 0), 'SIGKILL')
  })

  test('leaves no note when its command has ended', () => {
    permit([rootForm('a trial', sh`echo out`)])
    runText('echo out')
    expect(readdirSync(path('groups'))).toEqual([])
  })
})
