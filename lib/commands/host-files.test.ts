import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const programs = readdirSync('host')
const read = (name: string) => readFileSync(`host/${name}`, 'utf8')

test.each(programs)(
  'what plans show and install as %s is that file of host/ (npx tsx test/repository/write-host-files.ts)',
  async (name) => {
    const module: Readonly<Record<string, string>> = await import(`./host-files/${name}.ts`)
    expect(Object.values(module)).toEqual([read(name)])
  },
)

test.each(programs)('a POSIX shell can read %s', (name) => {
  execFileSync('sh', ['-n', `host/${name}`])
})
