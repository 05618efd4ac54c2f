import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sh, withStdin } from '@/lib/commands/command'
import {
  anyValue,
  buildInstallScript,
  buildRemoveScript,
  buildRights,
  buildSudoers,
  compareRights,
  hostRights,
  rootForm,
} from '@/lib/commands/root-rights'
import { parseRightsFacts, rightsQuestion } from '@/lib/facts/rights-facts'
import { hostileNames } from '@/test/harness/hostile-text'

describe('a form', () => {
  test('is the command itself, with a word of its kind for every value that is known only when it runs', () => {
    const command = sh`tail -c +${anyValue.number} -- ${'/srv/a b'}/${anyValue.job}; kill ${anyValue.offset}; echo ${`${anyValue.mark}-vault`} ${anyValue.uuid} ${anyValue.machine}`
    expect(rootForm('a trial', command)).toEqual({
      title: 'a trial',
      input: 'none',
      text: `tail -c +@@number@@ -- '/srv/a b'/@@job@@; kill @@offset@@; echo @@mark@@-vault @@uuid@@ @@machine@@`,
    })
  })

  test('binds its standard input to the byte, unless that is only data', () => {
    const command = withStdin(sh`[ "$(wc -c)" -eq ${3} ]`, 'abc', false)
    expect(rootForm('writes', command)).toMatchObject({
      input: 'sha256 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      text: '[ "$(wc -c)" -eq 3 ]',
    })
    expect(rootForm('data', command, { bytes: 3 })).toMatchObject({
      input: 'any',
      text: '[ "$(wc -c)" -eq @@number@@ ]',
    })
  })

  test.each(hostileNames)('whose title is %j stays a title', (name) => {
    const text = buildRights(name, [name], [rootForm(name, sh`true`)])
    for (const line of text.split('\n')) expect(line).toMatch(/^($|# |= |< none$|\ttrue$)/)
  })
})

describe('rights that are compared', () => {
  const [one, two, three] = ['one', 'two', 'three'].map((name) => rootForm(name, sh`echo ${name}; true`))
  const rightsOf = (...forms: readonly (typeof one)[]) =>
    buildRights(
      'operator',
      ['x'],
      forms.flatMap((form) => form ?? []),
    )

  test('show what is permitted and not needed, and what is needed and not permitted, command by command', () => {
    expect(compareRights(rightsOf(one, two), rightsOf(two, three))).toBe(
      ['- = one', '-   echo one; true', '+ = three', '+   echo three; true'].join('\n'),
    )
    expect(compareRights(rightsOf(one, two), rightsOf(two, one))).toBe('')
    expect(compareRights('', rightsOf(one))).toBe(['+ = one', '+   echo one; true'].join('\n'))
  })

  test('say their own sum: whoever changes a line of them is seen', () => {
    const folder = mkdtempSync(join(tmpdir(), 'understudy-rights-'))
    const file = join(folder, 'ledger')
    const isChanged = (text: string) => {
      writeFileSync(file, text)
      const asked = rightsQuestion('ledger').text.replaceAll('/etc/understudy-rights/ledger', file)
      return parseRightsFacts(spawnSync('sh', ['-c', asked], { encoding: 'utf8' }).stdout).isChanged
    }
    const rights = rightsOf(one, two)
    expect(isChanged(rights)).toBe(false)
    expect(isChanged(rights.replace('echo two', 'id'))).toBe(true)
    expect(isChanged(`${rights}= more\n< none\n\tid\n`)).toBe(true)
    expect(isChanged(rights.replace(/^# sum: .*\n/m, ''))).toBe(false)
    rmSync(folder, { recursive: true })
  })
})

describe('the fragment of sudoers', () => {
  test('permits two programs as root, and the database’s owner its own', () => {
    const lines = buildSudoers('operator', 'postgres')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    expect(lines).toEqual([
      'Defaults:operator !requiretty',
      'operator ALL=(root) NOPASSWD: /usr/local/lib/understudy/understudy-root, /usr/local/lib/understudy/understudy-send',
      'operator ALL=(postgres) NOPASSWD: ALL',
    ])
    expect(buildSudoers('operator', null)).not.toContain('NOPASSWD: ALL')
    expect(() => buildSudoers('operator', 'root')).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  })
})

describe('the script that installs it', () => {
  const rights = hostRights(
    'ledger',
    { user: 'operator', databaseOwner: 'postgres' },
    buildRights('operator', [], []),
  )

  test('is a shell’s, says who must run it, and changes nothing for anybody else', () => {
    for (const script of [buildInstallScript(rights), buildRemoveScript(rights)]) {
      expect(spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({
        status: 0,
        stderr: '',
      })
      const asOther = script.replace('"$(id -u)" = 0', '"1000" = 0')
      expect(spawnSync('sh', ['-s'], { input: asOther }).status).toBe(4)
    }
  })

  test('puts the fragment last, after visudo has read it', () => {
    const script = buildInstallScript(rights)
    const order = [
      'put /usr/local/lib/understudy/understudy-root 0755',
      'put /etc/understudy-rights/ledger 0644',
      'put /etc/sudoers.d/understudy-operator 0440',
    ]
    const places = order.map((line) => script.indexOf(line))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(places).not.toContain(-1)
    expect(script.indexOf('visudo -cqf')).toBeLessThan(script.indexOf('mv -fT'))
  })

  test('installs nothing below a folder that the login, or everybody, may write', () => {
    const script = buildInstallScript(rights)
    const loop = script.slice(script.indexOf('for folder in'), script.indexOf('put() {'))
    const statusOf = (mode: number, group = process.getgid?.() ?? 0) => {
      const folder = mkdtempSync(join(tmpdir(), 'understudy-open-'))
      chmodSync(folder, mode)
      const asked = loop
        .replace(/for folder in .*; do/, `for folder in ${folder}; do`)
        .replaceAll("'0 '", `'${process.getuid?.() ?? 0} '`)
        .replace('id -G -- operator', `echo ${group}`)
      const { status } = spawnSync('sh', ['-c', asked])
      rmSync(folder, { recursive: true })
      return status
    }
    expect([0o755, 0o750, 0o1755].map((mode) => statusOf(mode))).toEqual([0, 0, 0])
    expect([0o757, 0o1777, 0o775, 0o2775].map((mode) => statusOf(mode))).toEqual([7, 7, 7, 7])
    expect(statusOf(0o2775, 54_321)).toBe(0)
    const ofAnother = loop
      .replace(/for folder in .*; do/, 'for folder in /proc/self; do')
      .replaceAll("'0 '", "'4711 '")
    expect(spawnSync('sh', ['-c', ofAnother]).status).toBe(7)
  })

  test('takes the fragment of the login away that had the rights before, and of nobody else', () => {
    const left = (before: string, others: readonly string[] = []) => {
      const folder = mkdtempSync(join(tmpdir(), 'understudy-before-'))
      for (const name of ['operator', 'a_b', 'ada', 'EXAMPLE_ada'])
        writeFileSync(join(folder, `understudy-${name}`), '')
      for (const [index, login] of others.entries())
        writeFileSync(join(folder, `pair-${index}`), `# login: ${login}\n`)
      const script = buildInstallScript(rights)
      const text = script
        .slice(script.indexOf('if [ "$before"'))
        .replaceAll(/\/etc\/(sudoers\.d|understudy-rights)/g, folder)
      expect(spawnSync('sh', ['-euc', text], { env: { ...process.env, before } }).status).toBe(0)
      const names = readdirSync(folder).filter((name) => name.startsWith('understudy-'))
      rmSync(folder, { recursive: true })
      return names.map((name) => name.replace('understudy-', '')).toSorted()
    }
    expect(left('')).toEqual(['EXAMPLE_ada', 'a_b', 'ada', 'operator'])
    expect(left('operator')).toEqual(['EXAMPLE_ada', 'a_b', 'ada', 'operator'])
    expect(left('ada')).toEqual(['EXAMPLE_ada', 'a_b', 'operator'])
    expect(left('a.b')).toEqual(['EXAMPLE_ada', 'ada', 'operator'])
    expect(left('EXAMPLE\\ada')).toEqual(['a_b', 'ada', 'operator'])
    expect(left('ada', ['operator', 'ada'])).toEqual(['EXAMPLE_ada', 'a_b', 'ada', 'operator'])
    for (const name of hostileNames.filter((each) => !each.includes('\0')))
      expect(left(name)).toEqual(expect.arrayContaining(['EXAMPLE_ada', 'ada', 'operator']))
  })

  test('is never ended by what it carries', () => {
    expect(() => buildInstallScript({ ...rights, rights: 'a\nEND_OF_UNDERSTUDY\nid\n' })).toThrow(RangeError)
  })
})
