import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { maskSecrets } from '@/lib/facts/mask-secrets'
import { parseRsyncCommands } from '@/lib/facts/rsync-command'
import { shellCommands } from '@/lib/facts/shell-words'

/** `from → to` of each copy, hosts before a colon. */
const copies = (text: string, variables?: ReadonlyMap<string, string>) =>
  parseRsyncCommands(text, variables).map(({ from, to }) =>
    [from, to].map(({ host, path }) => (host === null ? path : `${host}:${path}`)).join(' → '),
  )

describe('what an rsync command copies', () => {
  test.each([
    ['rsync -a db1:/srv/vault/ /srv/vault/', 'db1:/srv/vault → /srv/vault'],
    ['rsync -a root@10.0.0.1:/srv/vault /srv', '10.0.0.1:/srv/vault → /srv/vault'],
    [
      '/usr/bin/rsync -az --delete -e "ssh -i /root/key -p 22" /srv/vault/ root@db2:/srv/vault',
      '/srv/vault → db2:/srv/vault',
    ],
    ['rsync -aR db1:/srv/ledger/etc /', 'db1:/srv/ledger/etc → /srv/ledger/etc'],
    ['rsync -a [fd00::1]:/srv/a/ /srv/a/', 'fd00::1:/srv/a → /srv/a'],
    ['rsync -a rsync://db1/vault/ /srv/vault/', 'db1:vault → /srv/vault'],
    ['rsync -a db1::vault/ /srv/vault/', 'db1:vault → /srv/vault'],
    ['flock -n /run/x nice -n 19 rsync -a db1:/a/ /a/ >/dev/null 2>&1', 'db1:/a → /a'],
    ["rsync -a 'db1:/a dir/' '/a dir/'", 'db1:/a dir → /a dir'],
    ['rsync -a --exclude tmp --bwlimit 1000 db1:/a/. /a', 'db1:/a → /a'],
    ['cd / && rsync -a db1:/a/ /a/; rsync -a db1:/b/ /b/', 'db1:/a → /a, db1:/b → /b'],
    ['rsync -a db1:/a db1:/b /srv/', 'db1:/a → /srv/a, db1:/b → /srv/b'],
    ['rsync -a -- db1:/a/ /a/', 'db1:/a → /a'],
  ])('%s', (text, expected) => {
    expect(copies(text).join(', ')).toBe(expected)
  })

  test('deletions, and what is left out, are told', () => {
    const [copy] = parseRsyncCommands("rsync -a --delete-after --exclude='*.tmp' -f '- cache/' db1:/a/ /a/")
    expect(copy).toMatchObject({ deletes: true, filters: ['--exclude=*.tmp', '-f - cache/'] })
    expect(parseRsyncCommands('rsync -a db1:/a/ /a/')[0]).toMatchObject({ deletes: false, filters: [] })
  })

  test('a variable is put in its place where it is known, and stays a variable where it is not', () => {
    const known = new Map([['SRC', '/srv/vault']])
    expect(copies(`rsync -a db1:$SRC/ "\${SRC}/"`, known)).toEqual(['db1:/srv/vault → /srv/vault'])
    expect(copies('rsync -a db1:$SRC/ /x/')).toEqual(['db1:$SRC → /x'])
  })

  test('a server, a daemon, a list of what is there and another program copy nothing', () => {
    for (const text of [
      'rsync --server --sender -a . /a/',
      'rsync --daemon',
      'rsync db1:',
      'scp a b',
      'echo x # rsync a b',
    ])
      expect(copies(text)).toEqual([])
  })

  test('whatever stands in a crontab, reading it ends and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        parseRsyncCommands(`rsync ${text}`)
        maskSecrets(text)
        return true
      }),
    )
  })
})

describe('words of a shell', () => {
  test.each([
    ['a \'b c\' "d $X" e\\ f', [['a', 'b c', 'd $X', 'e f']]],
    ['a >>/log 2>&1 b < in; c', [['a', 'b'], ['c']]],
    ['( a && b ) || { c; }', [['a'], ['b'], ['c']]],
    ['a#b # comment', [['a#b']]],
    ['a \\\n b', [['a', 'b']]],
    ["a 'open", [['a', 'open']]],
  ])('%j', (text, expected) => {
    expect(shellCommands(text)).toEqual(expected)
  })
})

describe('a secret in a line is not told', () => {
  test.each([
    ['RSYNC_PASSWORD=hunter2 rsync -a x y', 'RSYNC_PASSWORD=******** rsync -a x y'],
    ["PGPASSWORD='hun ter2' pg_dump", "PGPASSWORD='********' pg_dump"],
    ["sshpass -p 'hunter2' rsync -a x y", "sshpass -p '********' rsync -a x y"],
    ['sshpass -phunter2 ssh db1', 'sshpass -p******** ssh db1'],
    ['curl https://u:hunter2@example.org/', 'curl https://u:********@example.org/'],
    ['x --token=hunter2 y', 'x --token=******** y'],
    ['rsync --password-file=/root/secret a b', 'rsync --password-file=/root/secret a b'],
    ['*/5 * * * * root rsync -a a b', '*/5 * * * * root rsync -a a b'],
  ])('%s', (line, expected) => {
    expect(maskSecrets(line)).toBe(expected)
  })
})
