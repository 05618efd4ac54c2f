import { execFileSync } from 'node:child_process'
import { Command } from 'commander'
import { beforeAll, expect, test } from 'vitest'
import { addCommands } from '@/cli/add-commands'
import { commandTable } from '@/cli/command-table'
import { completionScript } from '@/cli/completion-script'

let program: Command
beforeAll(async () => {
  program = new Command('understudy')
  await addCommands(program, () => true)
}, 60_000)

/** What bash offers after these words, the last of which is being typed. */
function offered(...words: readonly string[]): readonly string[] {
  const typed = ['understudy', ...words].map((word) => `'${word}'`).join(' ')
  const script = `${completionScript(program, 'bash')}
    COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _understudy; printf '%s\\n' "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\n').filter(Boolean)
}

test('every command of the table can be completed', () => {
  expect(offered('')).toEqual([...commandTable.map(({ name }) => name), '--help'])
  expect(offered('sta')).toEqual(['status', 'start'])
})

test('commands of commands and flags are completed where they belong', () => {
  expect(offered('user', 's')).toEqual(['set-password'])
  expect(offered('operations', 'cancel', '--re')).toEqual(['--reason'])
  expect(offered('status', '--pair', 'ledger', '--ho')).toEqual(['--host'])
  expect(offered('status', 'no-such')).toEqual([])
})

test('zsh runs the same script', () => {
  expect(completionScript(program, 'zsh')).toBe(
    `autoload -U +X bashcompinit && bashcompinit\n${completionScript(program, 'bash')}`,
  )
})
