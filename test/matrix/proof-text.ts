import type { CodeUnderProof } from '@/test/matrix/code-under-proof'

/** All chains that there are on some code. */
export type Survey = CodeUnderProof & {
  /** Of each chain, by its name: the sum of what its operations run on that code. */
  readonly sums: Readonly<Record<string, string>>
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
  /** Why it was not lived through: its hosts could not be set, or it could not be planned. Null where its operation began. */
  readonly notBegun: string | null
  readonly tookMs: number
}

export const hasHeld = ({ broken, notBegun }: Pick<Row, 'broken' | 'notBegun'>): boolean =>
  broken.length === 0 && notBegun === null

const words: Readonly<Record<string, string>> = {
  twice: 'every step acts twice',
  resume: 'a failure before, during and after each step acts; then resume',
  undo: 'a failure before and during each step that can be taken back, and after the last of them; then undo',
  'undo-hurt': 'an undo whose every step fails and is killed, before, during and after it acts',
  kill: 'the worker killed (SIGKILL) before, during and after each step acts; it goes on by itself',
  'two-killed': 'two workers on one store, the one that has it killed in the middle of each step',
  'two-stopped':
    'two workers on one store, the one that has it stopped (SIGSTOP) in the middle of each step and continued once the other has gone on',
  cut: 'the cable of either host cut for 6 s as each step begins, and at the first progress of each that may take long',
}

const sum = (rows: readonly Row[], of: (row: Row) => number) =>
  rows.reduce((total, row) => total + of(row), 0)
const minutes = (ms: number) => `${(ms / 60_000).toFixed(1)} min`

const commitsOf = (rows: readonly Row[]) => [...new Set(rows.map(({ commit }) => commit))].join(', ')

function tableRow(rows: readonly Row[], survey: Survey | null): string {
  const [first] = rows
  if (!first) return ''
  const isOlder = survey !== null && rows.some((row) => !isOfSurvey(row, survey))
  const cells = [
    first.layout,
    first.scenario,
    words[first.mode] ?? first.mode,
    first.steps,
    sum(rows, ({ planned }) => planned),
    sum(rows, ({ cases }) => cases),
    rows.filter((row) => !hasHeld(row)).length,
    minutes(sum(rows, ({ tookMs }) => tookMs)),
    `${commitsOf(rows)}${isOlder ? ' (other code)' : ''}`,
  ]
  return `| ${cells.join(' | ')} |`
}

/** It was run on what its operations run by that survey. */
const isOfSurvey = ({ name, sum }: Row, survey: Survey) => survey.sums[name] === sum

/** How much of the whole matrix has run on the code of the survey, and how it ended: one sentence, which is no better than the truth. */
export function verdictOf(rows: readonly Row[], survey: Survey): string {
  const own = rows.filter((row) => isOfSurvey(row, survey))
  const held = own.filter(hasHeld).length
  const broken = own.filter((row) => row.broken.length > 0).length
  const notBegun = own.filter((row) => row.notBegun !== null).length
  const all = Object.keys(survey.sums).length
  const at = `the code of commit ${survey.commit} (${survey.sum})`
  if (held === all)
    return `The whole matrix has run and held on ${at}: all ${all} chains, run at commit ${commitsOf(own)}.`
  return `The whole matrix has not held on ${at}: of its ${all} chains ${held} held, ${broken} did not hold, ${notBegun} could not be begun, ${all - own.length} have not run on it.`
}

/** Whether all of the matrix has run, and on what. */
function wholeness(rows: readonly Row[], survey: Survey | null): string {
  const stale = 'A row of other code stays until its chain is run anew, and names its commit.'
  if (survey === null)
    return `**This is not a whole run of one code**: each row names the commit that it was run on.`
  const isStale = rows.some((row) => !isOfSurvey(row, survey))
  return `**${verdictOf(rows, survey)}** ${isStale ? `${stale} ` : ''}The code of a chain is all that its operations run (\`test/matrix/code-under-proof.ts\`); commits may differ in the rest.`
}

function unreachedText(survey: Survey | null): string {
  if (survey === null || survey.unreached.length === 0) return ''
  return `Steps that a plan may have elsewhere, and none here had (each is proved at every point on folders, \`npm test\`; packages there with dpkg alone, and what a fence has in common with a promotion as the promotion’s): ${survey.unreached.map((step) => `\`${step}\``).join(', ')}.\n\n`
}

const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim()
const listed = (title: string, items: readonly string[]) =>
  items.length === 0 ? '' : `\n${title}:\n\n${items.map((item) => `- ${oneLine(item)}\n`).join('')}`

/** docs/proof.md: what the matrix has really run, and how it ended. `survey` is what the whole of it is. */
export function proofText(rows: readonly Row[], survey: Survey | null): string {
  const groups = new Map<string, Row[]>()
  for (const row of rows.toSorted((one, other) => one.layout.localeCompare(other.layout))) {
    const key = `${row.layout} ${row.scenario} ${row.mode}`
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  const broken = rows.filter((row) => row.broken.length > 0)
  const notBegun = rows.filter((row) => row.notBegun !== null)
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
${[...groups.values()].map((group) => tableRow(group, survey)).join('\n')}
| **together** | | | | ${sum(rows, ({ planned }) => planned)} | ${sum(rows, ({ cases }) => cases)} | ${broken.length + notBegun.length} | ${minutes(sum(rows, ({ tookMs }) => tookMs))} | |
${listed(
  'What did not hold',
  broken.map((row) => `${row.name}: ${row.broken.join('; ')}`),
)}${listed(
  'What could not be begun, so that no rule was tried',
  notBegun.map((row) => `${row.name}: ${row.notBegun}`),
)}
${unreachedText(survey)}\`npm test\` runs a part of it, chosen by a seed that it prints (\`TEST_SEED\` repeats it).
`
}
