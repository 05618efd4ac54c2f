import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { root } from './source-files'

/**
 * Writes each program of `host/` into a module, as text: the web process shows them in plans and has no folder `host/`.
 */
const programs = {
  understudySync: 'understudy-sync',
  understudyCatchUp: 'understudy-catch-up',
  understudyPackages: 'understudy-packages',
  understudySend: 'understudy-send',
  understudyRoot: 'understudy-root',
}

const folder = `${root}/lib/commands/host-files`

function hostFileModule(name: string, file: string): string {
  const lines = readFileSync(`${root}/host/${file}`, 'utf8').split('\n')
  const text = lines.map((line) => `  ${JSON.stringify(line)},`).join('\n')
  return `// Written by test/repository/write-host-files.ts from host/: edit there.\n\n/** \`host/${file}\` */\nexport const ${name} = [\n${text}\n].join('\\n')\n`
}

if (process.argv[1]?.endsWith('write-host-files.ts')) {
  mkdirSync(folder, { recursive: true })
  for (const [name, file] of Object.entries(programs))
    writeFileSync(`${folder}/${file}.ts`, hostFileModule(name, file))
}
