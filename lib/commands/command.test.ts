import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { all, asDatabaseOwner, asRoot, quote, sh, toPreview, withStdin } from '@/lib/commands/command'
import { anyText, hostileNames } from '@/test/harness/hostile-text'

/** What a real shell makes of the words of a command: each printed with a NUL behind it. */
const wordsOf = (text: string, shell = '/bin/sh') =>
  execFileSync(shell, ['-c', text], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
    .split('\0')
    .slice(0, -1)

describe('quote', () => {
  test('gives a real shell back exactly the name that went in, however hostile', () => {
    expect(wordsOf(`printf '%s\\0' ${hostileNames.map(quote).join(' ')}`)).toEqual(hostileNames)
  })

  test.each(['/bin/sh', '/bin/bash'])('holds for any text without NUL in %s', (shell) => {
    // Many words to one shell: a shell for each would cost more than the proof.
    const words = fc.sample(anyText, 1000)
    expect(wordsOf(`printf '%s\\0' ${words.map(quote).join(' ')}`, shell)).toEqual(words)
  })

  test('refuses NUL, which no command can carry', () => {
    expect(() => quote('a\0b')).toThrow(RangeError)
  })
})

describe('sh', () => {
  test('quotes strings and lists, prints numbers, keeps its own text and that of commands', () => {
    const inner = sh`id -u ${'a b'}`
    expect(sh`test -d ${'/x y'} && head -c ${5} ${['-a', "b'c"]} | { ${inner}; }`.text).toBe(
      `test -d '/x y' && head -c 5 -a 'b'\\''c' | { id -u 'a b'; }`,
    )
  })

  test('passes every hostile name to the program as one word', () => {
    const commands = hostileNames.map((name) => sh`printf '%s\\0' ${name} END`.text)
    expect(wordsOf(commands.join('\n'))).toEqual(hostileNames.flatMap((name) => [name, 'END']))
  })
})

describe('a command', () => {
  test('shows as whom it runs and never a secret', () => {
    const secret = withStdin(asRoot(sh`cat > ${'/etc/x'}`), 'hunter2', true)
    expect(toPreview(secret)).toBe('# cat > /etc/x  # a secret on standard input')
    expect(toPreview(withStdin(asDatabaseOwner(sh`psql`), 'select 1', false))).toBe(
      'postgres$ psql  # content on standard input',
    )
  })

  test('joins with others of the same user only, and only without standard input', () => {
    expect(all(asRoot(sh`a`), asRoot(sh`b ${'c d'}`))).toMatchObject({ text: "a && b 'c d'", as: 'root' })
    expect(() => all(asRoot(sh`a`), sh`b`)).toThrow(RangeError)
    expect(() => all(sh`a`, withStdin(sh`b`, 'x', false))).toThrow(RangeError)
  })
})
