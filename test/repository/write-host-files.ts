import { readFileSync, writeFileSync } from 'node:fs'
import { root } from './source-files'

/**
 * Writes the programs of `host/` into a module, as text: the web process shows them in plans and has no folder `host/`.
 */
const programs = {
  understudySync: 'understudy-sync',
  understudyCatchUp: 'understudy-catch-up',
  understudyVerify: 'understudy-verify',
  understudySend: 'understudy-send',
  understudyRoot: 'understudy-root',
}

export function hostFilesModule(): string {
  const exports = Object.entries(programs).map(([name, file]) => {
    const lines = readFileSync(`${root}/host/${file}`, 'utf8').split('\n')
    const text = lines.map((line) => `  ${JSON.stringify(line)},`).join('\n')
    return `/** \`host/${file}\` */\nexport const ${name} = [\n${text}\n].join('\\n')\n`
  })
  return `// Written by test/repository/write-host-files.ts from host/: edit there.\n\n${exports.join('\n')}`
}

if (process.argv[1]?.endsWith('write-host-files.ts'))
  writeFileSync(`${root}/lib/commands/host-files.ts`, hostFilesModule())
