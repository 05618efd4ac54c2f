import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { exportNameOf, hostPrograms } from '@/test/repository/write-host-files'

test.each(hostPrograms())(
  '%s is shown and installed as it stands in host/ (npx tsx test/repository/write-host-files.ts), and a POSIX shell can read it',
  async (program) => {
    const module: Readonly<Record<string, unknown>> = await import(`@/lib/commands/host-files/${program}.ts`)
    expect(module[exportNameOf(program)]).toBe(readFileSync(`host/${program}`, 'utf8'))
    execFileSync('sh', ['-n', `host/${program}`])
  },
)
