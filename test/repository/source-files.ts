import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

/** Every file that git tracks or would track, from the root. */
export function listFiles(): readonly string[] {
  const out = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  })
  return [...new Set(out.toString('utf8').split('\0').filter(Boolean))].sort()
}

export const readSource = (file: string) => readFileSync(`${root}/${file}`, 'utf8')
export const isCode = (file: string) => /\.(ts|tsx)$/.test(file) && !file.endsWith('.d.ts')
export const isTest = (file: string) => /\.test\.tsx?$/.test(file)
export const isWithin = (file: string, place: string) =>
  file === place || file.startsWith(`${place}/`) || file.replace(/\.tsx?$/, '') === place
