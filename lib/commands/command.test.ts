import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { all, asDatabaseOwner, asRoot, quote, sh, toPreview, withStdin } from '@/lib/commands/command'

/** What a real shell makes of the words of a command: each printed with a NUL behind it. */
const wordsOf = (text: string, shell = '/bin/sh') =>
  execFileSync(shell, ['-c', text], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
    .split('\0')
    .slice(0, -1)

const hostile = [
  '',
  ' ',
  'two words',
  "it's",
  "'",
  "''",
  '"',
  '`id`',
  '$(id)',
  '${HOME}',
  '$HOME',
  'a\nb',
  '\n',
  'tab\there',
  '-rf',
  '--',
  '-',
  '*',
  '?[a-z]',
  '~root',
  '!!',
  '\\',
  "\\'",
  '; reboot',
  '&& true',
  '| cat',
  '> /tmp/x',
  '#comment',
  'a=b',
  'žluťoučký kůň',
  '日本語',
  '😀',
  '\u202e',
  '\r',
  '\x7f\x01',
]

describe('quote', () => {
  test('gives a real shell back exactly the name that went in, however hostile', () => {
    expect(wordsOf(`printf '%s\\0' ${hostile.map(quote).join(' ')}`)).toEqual(hostile)
  })

  test('holds for any text without NUL, also in bash', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => !value.includes('\0'))
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 20 }), (values) => {
        const command = `printf '%s\\0' ${values.map(quote).join(' ')}`
        expect(wordsOf(command)).toEqual(values)
        expect(wordsOf(command, '/bin/bash')).toEqual(values)
      }),
      { numRuns: 25 },
    )
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
    for (const name of hostile) expect(wordsOf(sh`printf '%s\\0' ${name}`.text)).toEqual([name])
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
