import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { canRunLab } from '@/lab/lab'
import { plansOf, grounds as planVariants } from '@/test/harness/plan-variants'
import { modes } from '@/test/matrix/cases'
import { type ChainTask, expectedMs, TaskQueue, tasksOf } from '@/test/matrix/chain-task'
import { type CodeUnderProof, readCodeUnderProof } from '@/test/matrix/code-under-proof'
import { type Ground, grounds } from '@/test/matrix/grounds'
import { MatrixRecord } from '@/test/matrix/matrix-record'
import { type ChainResult, MatrixStage, notBegunBy } from '@/test/matrix/matrix-stage'
import { hasHeld, verdictOf } from '@/test/matrix/proof-text'
import type { Scenario } from '@/test/matrix/scenario'
import { kindsIn, scenarios } from '@/test/matrix/scenarios'
import { root } from '@/test/repository/source-files'

/**
 * `npm run test:matrix`: every operation, hurt at every step in every way, on real hosts of every layout with real workers. What ran is kept in a
 * file, docs/proof.json, so that a run that was broken off goes on where it stopped, in whichever clone; what stands there becomes docs/proof.md.
 */
const help = `npm run test:matrix -- [--layout NAME] [--only WORDS] [--labs N] [--fresh] [--minutes N]
  --layout NAME  ${Object.keys(grounds).join(', ')} or both; both when left out
  --only WORDS   only chains whose name has these words, e.g. "promote" or "create kill|create cut"; no words of a single failure
  --labs N       labs side by side; one for each processor, at most 4, when left out
  --minutes N    begins no chain later than this
  --fresh        forgets what ran before
`

const { values } = parseArgs({
  options: {
    layout: { type: 'string', default: 'both' },
    only: { type: 'string', default: '' },
    labs: { type: 'string', default: String(Math.min(4, availableParallelism())) },
    minutes: { type: 'string', default: '600' },
    fresh: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const chosen = Object.values(grounds).filter(({ layout }) => ['both', layout].includes(values.layout))
if (values.help || chosen.length === 0) {
  process.stdout.write(help)
  process.exit(values.help ? 0 : 2)
}
const ability = canRunLab()
if (!ability.ok) {
  process.stderr.write(`${ability.why}\n`)
  process.exit(1)
}

const record = MatrixRecord.open(
  { record: `${root}/docs/proof.json`, proof: `${root}/docs/proof.md` },
  values.fresh,
)
const code = readCodeUnderProof()
/** What the operations of each scenario run. */
const codes = new Map<string, CodeUnderProof>()
for (const scenario of scenarios) {
  const key = kindsIn(scenario).join(' ')
  codes.set(key, codes.get(key) ?? readCodeUnderProof(kindsIn(scenario)))
}
const codeOf = (scenario: Scenario): CodeUnderProof => codes.get(kindsIn(scenario).join(' ')) ?? code
const begunAt = Date.now()
const until = begunAt + Number(values.minutes) * 60_000
/** Whether `--only` asks for this name, by those of its words that `counts`. */
const isAsked = (name: string, counts: (word: string) => boolean) =>
  values.only.split('|').some((words) =>
    words
      .split(/\s+/)
      .filter(counts)
      .every((word) => `${name} `.includes(word)),
  )
const isWanted = (name: string) => isAsked(name, () => true)
const headsOf = ({ layout }: Ground, { name }: Scenario) => modes.map((mode) => `${layout}: ${name} ${mode} `)
const heads = chosen.flatMap((ground) => scenarios.flatMap((scenario) => headsOf(ground, scenario)))
/** Words of a chain's part are known only once its operation is planned. */
const isOfHead = (word: string) => heads.some((head) => head.includes(word))
const mayBeWanted = (ground: Ground, scenario: Scenario) =>
  headsOf(ground, scenario).some((head) => isAsked(head, isOfHead))
const say = (line: string) => process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`)
const minutes = (ms: number) => `${(ms / 60_000).toFixed(1)} min`

/** Labs that stand ready, each with where its hosts stand. */
type Standing = { stage: MatrixStage; scenario: Scenario | null }

/** Steps of any plan, as `create: restart-primary`. */
const reached = new Set<string>()
const unreached = () => {
  const known = planVariants
    .flatMap(plansOf)
    .flatMap(({ kind, steps }) => steps.map(({ id }) => `${kind}: ${id}`))
  return [...new Set(known)].filter((step) => !reached.has(step)).sort()
}

/** Plans every operation on a ground: what its chains are follows from its steps. */
async function survey(ground: Ground, standing: Standing): Promise<readonly ChainTask[]> {
  const tasks: ChainTask[] = []
  for (const scenario of scenarios) {
    if (!mayBeWanted(ground, scenario)) continue
    say(`plans ${ground.layout}: ${scenario.name}`)
    const plan = await standing.stage.planOf(scenario)
    for (const { id } of plan.steps) reached.add(`${scenario.kind}: ${id}`)
    tasks.push(...tasksOf(ground, scenario, plan))
    standing.scenario = scenario
  }
  return tasks
}

const progress = { done: 0, all: 0 }
/** What a chain ran on is not known any more where files were changed beneath it: nothing more is kept. */
const hasChanged = () => readCodeUnderProof().sum !== code.sum

async function live(task: ChainTask, standing: Standing, queue: TaskQueue, labs: number): Promise<boolean> {
  const { name, ground, scenario, chain, steps, planned } = task
  say(`begins ${name}: ${planned} cases`)
  const startedAt = Date.now()
  let isStanding = true
  const result = await standing.stage.live(scenario, chain).catch((error: unknown): ChainResult => {
    isStanding = false
    return { ...notBegunBy(error), done: [], twice: [], tookMs: Date.now() - startedAt }
  })
  standing.scenario = scenario
  const { done, twice, broken, notBegun, tookMs } = result
  if (hasChanged()) return isStanding
  const cases = chain.mode === 'twice' ? twice.length : done.length
  const row = {
    name,
    layout: ground.layout,
    scenario: scenario.name,
    mode: chain.mode,
    steps,
    planned,
    cases,
  }
  record.keep({ ...row, broken, notBegun, tookMs, ...codeOf(scenario) })
  progress.done += 1
  const left = `${progress.done}/${progress.all} chains, ${minutes(Date.now() - begunAt)}, about ${minutes(queue.leftMs / labs)} left`
  const why =
    notBegun === null ? `DID NOT HOLD:\n  ${broken.join('\n  ')}` : `COULD NOT BE BEGUN: ${notBegun}`
  const ended = hasHeld(result) ? 'held' : why
  say(`${name}: ${cases} of ${planned} cases in ${Math.round(tookMs / 1000)} s, ${ended}\n  ${left}`)
  return isStanding
}

/** One lab, until nothing is left to do. */
async function work(given: Standing | null, queue: TaskQueue, labs: number): Promise<void> {
  let standing = given
  try {
    while (Date.now() < until && !hasChanged()) {
      const task = queue.take(standing?.stage.ground ?? null, standing?.scenario ?? null)
      if (!task) return
      if (standing?.stage.ground !== task.ground) {
        await standing?.stage.close()
        standing = null
        standing = { stage: await MatrixStage.open(task.ground), scenario: null }
      }
      if (await live(task, standing, queue, labs)) continue
      await standing.stage.close()
      standing = null
    }
  } finally {
    await standing?.stage.close()
  }
}

const labs = Math.max(1, Number(values.labs))
say(`the matrix on ${code.commit} (code ${code.sum}), ${labs} labs side by side`)
const standings: Standing[] = []
const all: ChainTask[] = []
async function surveyGround(ground: Ground): Promise<void> {
  const standing = { stage: await MatrixStage.open(ground), scenario: null }
  standings.push(standing)
  all.push(...(await survey(ground, standing)))
}
if (labs > 1) await Promise.all(chosen.map(surveyGround))
else for (const ground of chosen) await surveyGround(ground)
for (const standing of standings.splice(labs)) await standing.stage.close()
if (values.layout === 'both' && values.only === '')
  record.keepSurvey({
    ...code,
    sums: Object.fromEntries(all.map(({ name, scenario }) => [name, codeOf(scenario).sum])),
    unreached: unreached(),
  })

const tasks = all.filter((task) => isWanted(task.name) && !record.hasHeld(task.name, codeOf(task.scenario)))
const queue = new TaskQueue(tasks, (task) => expectedMs(task, record.rows))
progress.all = tasks.length
say(`${all.length} chains in the matrix, ${tasks.length} to run, about ${minutes(queue.leftMs / labs)}`)
await Promise.all(Array.from({ length: labs }, (_, index) => work(standings[index] ?? null, queue, labs)))

const sums = new Map(tasks.map(({ name, scenario }) => [name, codeOf(scenario).sum]))
const ran = record.rows.filter(({ name, sum }) => sums.get(name) === sum)
const failed = ran.filter((row) => !hasHeld(row)).length
const changed = hasChanged() ? ' The code under proof was changed meanwhile: nothing after that counts.' : ''
say(
  `${progress.done} of ${progress.all} chains in ${minutes(Date.now() - begunAt)}, ${failed} of them failed.${changed}`,
)
say(
  record.survey?.sum === code.sum
    ? verdictOf(record.rows, record.survey)
    : 'How many chains the whole matrix has on this code is not known before a run without --only and --layout.',
)
process.exit(failed > 0 || progress.done < progress.all ? 1 : 0)
