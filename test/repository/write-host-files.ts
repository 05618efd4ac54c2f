import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { root } from './source-files'

/** Where the programs of `host/` stand as text, a module each: the web process shows them in plans and has no folder `host/`. */
const folder = `${root}/lib/commands/host-files`

export const hostPrograms = (): readonly string[] => readdirSync(`${root}/host`).sort()

/** `understudy-catch-up` is `understudyCatchUp`. */
export const exportNameOf = (program: string): string =>
  program.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())

function moduleOf(program: string): string {
  const lines = readFileSync(`${root}/host/${program}`, 'utf8').split('\n')
  const text = lines.map((line) => `  ${JSON.stringify(line)},`).join('\n')
  return `// Written by test/repository/write-host-files.ts from host/: edit there.

/** \`host/${program}\` */
export const ${exportNameOf(program)} = [
${text}
].join('\\n')
`
}

if (process.argv[1]?.endsWith('write-host-files.ts')) {
  mkdirSync(folder, { recursive: true })
  for (const program of hostPrograms()) writeFileSync(`${folder}/${program}.ts`, moduleOf(program))
}
