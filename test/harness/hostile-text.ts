import fc from 'fast-check'

/** Names that a shell, a page or a log would misread if they were not quoted. None has a NUL, which no command can carry. */
export const hostileNames: readonly string[] = [
  '',
  ' ',
  'two words',
  "it's",
  "'",
  "''",
  '"',
  '`id`',
  '$(id)',
  '$'.concat('{HOME}'),
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
  '%s%n',
  'žluťoučký kůň',
  '日本語',
  '😀',
  '\u202e',
  '\r',
  '\x7f\x01',
]

/** Any text but NUL and lone surrogates. (`fc.string({ unit: 'binary' })` takes two seconds to prepare.) */
export const anyText = fc
  .array(
    fc.integer({ min: 1, max: 0x10ffff }).filter((code) => code < 0xd800 || code > 0xdfff),
    { maxLength: 40 },
  )
  .map((codes) => String.fromCodePoint(...codes))
