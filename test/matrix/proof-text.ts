import type { CodeUnderProof } from '@/test/matrix/code-under-proof'

/** All chains that there are on the code of that sum. */
export type Survey = {
  readonly sum: string
  readonly names: readonly string[]
  /** Steps that an operation may have and that no plan of the matrix has, e.g. `create: restart-primary`. */
  readonly unreached: readonly string[]
}

/** One chain that was run. */
export type Row = CodeUnderProof & {
  readonly name: string
  readonly layout: string
  readonly scenario: string
  readonly mode: string
  readonly steps: number
  /** Cases that it has by its plan, and those that came to pass: an effect that is there already can't be hurt again. */
  readonly planned: number
  readonly cases: number
  readonly broken: readonly string[]
  readonly tookMs: number
}

const words: Readonly<Record<string, string>> = {
  twice: 'every step acts twice',
  resume: 'a failure before, during and after each step acts; then resume',
  undo: 'a failure before, during and after each step that can be taken back; then undo',
  'undo-hurt': 'an undo whose every step fails and is killed, before, during and after it acts',
  kill: 'the worker killed (SIGKILL) before, during and after each step acts; it goes on by itself',
  'two-killed': 'two workers on one store, the one that has it killed in the middle of each step',
  'two-stopped':
    'two workers on one store, the one that has it stopped (SIGSTOP) in the middle of each step and continued once the other has gone on',
  cut: 'the cable of either host cut for 6 s as each step begins',
}

const sum = (rows: readonly Row[], of: (row: Row) => number) =>
  rows.reduce((total, row) => total + of(row), 0)
const minutes = (ms: number) => `${(ms / 60_000).toFixed(1)} min`

function tableRow(rows: readonly Row[]): string {
  const [first] = rows
  if (!first) return ''
  const failures = rows.filter(({ broken }) => broken.length > 0).length
  const cells = [
    first.layout,
    first.scenario,
    words[first.mode] ?? first.mode,
    first.steps,
    sum(rows, ({ planned }) => planned),
    sum(rows, ({ cases }) => cases),
    failures,
    minutes(sum(rows, ({ tookMs }) => tookMs)),
    [...new Set(rows.map(({ commit }) => commit))].join(', '),
  ]
  return `| ${cells.join(' | ')} |`
}

/** Whether all of the matrix has run, and on what. */
function wholeness(rows: readonly Row[], survey: Survey | null): string {
  const commits = new Set(rows.map(({ commit }) => commit))
  const of =
    survey === null ? [] : rows.filter(({ sum, name }) => sum === survey.sum && survey.names.includes(name))
  const held = of.filter(({ broken }) => broken.length === 0)
  if (survey !== null && held.length === survey.names.length && commits.size === 1)
    return `**The whole matrix has run on one commit, ${[...commits][0]}: all ${survey.names.length} chains of it held.**`
  if (survey !== null && held.length === survey.names.length)
    return `**All ${survey.names.length} chains of the matrix held**, at commits whose code of operations, hosts and proof is the same.`
  const share =
    survey === null
      ? ''
      : ` Of the ${survey.names.length} chains of the newest code ${held.length} have run on it and held.`
  return `**This is not a whole run of one commit**: each row names the commit that it was run on.${share}`
}

function unreachedText(survey: Survey | null): string {
  if (survey === null || survey.unreached.length === 0) return ''
  return `Steps that a plan may have elsewhere, and none here had (each is proved at every point on folders, \`npm test\`): ${survey.unreached.map((step) => `\`${step}\``).join(', ')}.\n\n`
}

/** docs/proof.md: what the matrix has really run, and how it ended. `survey` is what the whole of it is. */
export function proofText(rows: readonly Row[], survey: Survey | null): string {
  const groups = new Map<string, Row[]>()
  for (const row of rows.toSorted((one, other) => one.layout.localeCompare(other.layout))) {
    const key = `${row.layout} ${row.scenario} ${row.mode}`
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  const failed = rows.filter(({ broken }) => broken.length > 0)
  return `# Proof

Written by \`npm run test:matrix\` (\`test/matrix\`): what it has really run, and how that ended. Each operation is planned on two real hosts of each layout of the lab and run by
real worker processes on a real store; harm is done at every step of its plan, so a new step is in here without anybody adding it. After each
harm and at the end the rules of the operations are looked for on the hosts, past the network and without asking the dashboard
(\`test/matrix/invariants.ts\`): no two hosts write to one database, nothing of before is lost, no file flows onto a writable host, the
machines are themselves, no secret stands in an argument list, a worker's log or the report or lies open, the lock is there while and only while the
operation holds and says whose it is, what ran is in the plan, the report names who, why and every step, and the transcript on the hosts tells the end.

${wholeness(rows, survey)} \`debian\` is reached by a login with exactly the rights as root that are written down for the pair; on \`soar-unprivileged\` the application's own user runs all, and nobody becomes root.

A case that is planned and did not come to pass is one whose step had its effect already, so that it was not run again. An operation, or
something that is done to it, without a row here has not been run yet.

| Hosts | Operation | What is done to it | Steps | Planned | Cases | Failures | Time | Commit |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${[...groups.values()].map(tableRow).join('\n')}
| **together** | | | | ${sum(rows, ({ planned }) => planned)} | ${sum(rows, ({ cases }) => cases)} | ${failed.length} | ${minutes(sum(rows, ({ tookMs }) => tookMs))} | |
${failed.length === 0 ? '' : `\nWhat did not hold:\n\n${failed.map(({ name, broken }) => `- ${name}: ${broken.join('; ')}`).join('\n')}\n`}
${unreachedText(survey)}\`npm test\` runs a part of it, chosen by a seed that it prints (\`MATRIX_SEED\` repeats it).
`
}
