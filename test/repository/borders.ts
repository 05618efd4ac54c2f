import { isWithin } from './source-files'

/**
 * Who may import whom. What is not named is refused. `biome.json` says the same to editors; a test keeps the two equal.
 * A rule applies to the longest folder that a file lies in.
 */
export type Border = {
  /** Folder or file, from the root, without an ending. */
  readonly place: string
  /** Folders and files that it may import besides itself. */
  readonly may: readonly string[]
}

const words = ['lib/domain', 'lib/errors']

export const borders: readonly Border[] = [
  { place: 'lib/errors', may: [] },
  { place: 'lib/routes', may: [] },
  { place: 'lib/time', may: ['lib/domain'] },
  { place: 'lib/domain', may: ['lib/errors'] },
  { place: 'lib/commands', may: words },
  { place: 'lib/profiles', may: words },
  { place: 'lib/facts', may: [...words, 'lib/commands'] },
  { place: 'lib/ports', may: [...words, 'lib/commands', 'lib/profiles', 'lib/operations/engine/ports'] },
  { place: 'lib/operations/engine', may: [...words, 'lib/time'] },
  {
    place: 'lib/operations',
    may: [...words, 'lib/commands', 'lib/facts', 'lib/profiles', 'lib/ports', 'lib/time'],
  },
  {
    place: 'lib/watch',
    may: [...words, 'lib/commands', 'lib/facts', 'lib/profiles', 'lib/ports', 'lib/time'],
  },
  {
    place: 'lib/services',
    may: [
      ...words,
      'lib/commands',
      'lib/facts',
      'lib/profiles',
      'lib/ports',
      'lib/operations',
      'lib/watch',
      'lib/time',
      'lib/routes',
    ],
  },
  { place: 'lib/io/ssh', may: [...words, 'lib/commands', 'lib/ports', 'lib/time', 'lib/io/postgres'] },
  { place: 'lib/io/postgres', may: [...words, 'lib/commands', 'lib/ports', 'lib/time'] },
  { place: 'lib/io/store', may: [...words, 'lib/ports', 'lib/time', 'lib/io/secrets'] },
  { place: 'lib/io/secrets', may: [...words, 'lib/ports'] },
  { place: 'lib/io/dbos', may: [...words, 'lib/ports', 'lib/time', 'lib/operations/engine/ports'] },
  { place: 'lib/io/profiles', may: [...words, 'lib/profiles'] },
  { place: 'lib/auth', may: [...words, 'lib/ports', 'lib/time'] },
  { place: 'lib/runtime', may: ['lib'] },
  { place: 'components/ui', may: [] },
  { place: 'components', may: [...words, 'lib/routes'] },
  { place: 'app', may: [...words, 'components', 'lib/services', 'lib/routes', 'lib/runtime', 'lib/time'] },
  { place: 'cli', may: [...words, 'lib/services', 'lib/runtime', 'lib/routes', 'lib/time', 'lab'] },
  { place: 'lab', may: [] },
  // What Next looks for beside `app`.
  { place: 'proxy', may: ['app/_server'] },
  { place: 'instrumentation', may: ['lib/runtime'] },
  { place: 'test', may: ['lib', 'cli', 'lab', 'bin'] },
  { place: 'e2e', may: ['lib', 'lab', 'test/harness'] },
  { place: 'bench', may: ['lib', 'lab', 'test/harness', 'e2e/harness'] },
]

/** Packages and names that only some places may touch: every other use is refused. */
export const doors: readonly {
  readonly pattern: RegExp
  readonly name: string
  readonly places: readonly string[]
}[] = [
  {
    name: 'ssh2',
    pattern: /from 'ssh2'|import\('ssh2'\)|require\('ssh2'\)/,
    places: ['lib/io/ssh', 'test/harness/ssh-server'],
  },
  {
    name: 'pg',
    pattern: /from 'pg'|import\('pg'\)|from 'drizzle-orm/,
    places: ['lib/io/postgres', 'lib/io/store', 'lib/io/dbos', 'test/harness', 'bench/switchover'],
  },
  { name: 'DBOS', pattern: /from '@dbos-inc\//, places: ['lib/io/dbos'] },
  { name: 'better-auth', pattern: /from 'better-auth/, places: ['lib/auth'] },
  {
    name: 'child processes',
    pattern: /from '(?:node:)?child_process'/,
    places: ['bench/switchover', 'lib/runtime', 'lib/io', 'cli', 'lab', 'test'],
  },
  {
    name: 'process.env',
    pattern: /process\.env\b/,
    // Next puts a constant in the place of those two when it builds: they can't be read elsewhere.
    places: ['lib/runtime', 'lab', 'test', 'proxy', 'instrumentation'],
  },
]

/** The border as Biome's noRestrictedImports says it: everything of ours is refused but what is named. */
export function biomeOverride({ place, may }: Border) {
  const isFile = /^(lib\/(errors|routes|time)|proxy|instrumentation)$/.test(place)
  const nested = borders.filter((other) => other.place !== place && isWithin(other.place, place))
  const allowed = [place, ...may].flatMap((path) => [`!@/${path}`, `!@/${path}/**`])
  return {
    includes: [
      isFile ? `${place}.ts` : `${place}/**`,
      ...nested.map((other) => `!${other.place}/**`),
      '!**/*.test.ts',
      '!**/*.test.tsx',
    ],
    linter: {
      rules: {
        style: {
          noRestrictedImports: {
            level: 'error',
            options: {
              patterns: [
                {
                  group: ['@/**', ...allowed],
                  message: `${place} may not import this: see test/repository/borders.ts`,
                },
              ],
            },
          },
        },
      },
    },
  }
}
