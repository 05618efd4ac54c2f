import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { canRunLab } from '@/lab/lab'
import { casesIn, chainsOf, harmName, modes } from '@/test/matrix/cases'
import { MatrixStage } from '@/test/matrix/matrix-stage'
import { proofText, type Row } from '@/test/matrix/proof-text'
import { scenarios } from '@/test/matrix/scenarios'

/**
 * `npm run test:matrix`: every operation, hurt at every step in every way, on real hosts with real workers. What ran is kept in a file, so that a
 * run that was broken off goes on where it stopped; what stands there becomes docs/proof.md.
 */
const help = `npm run test:matrix -- [--only WORDS] [--fresh] [--minutes N]
  --only WORDS   only chains whose name has these words, e.g. "promote" or "create kill|create cut"
  --minutes N    begins no chain later than this
  --fresh        forgets what ran before
`

const progressFile = fileURLToPath(new URL('../../.matrix.json', import.meta.url))
const proofFile = fileURLToPath(new URL('../../docs/proof.md', import.meta.url))

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    minutes: { type: 'string', default: '600' },
    fresh: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  process.stdout.write(help)
  process.exit(0)
}
const ability = canRunLab()
if (!ability.ok) {
  process.stderr.write(`${ability.why}\n`)
  process.exit(1)
}

const rows: Row[] =
  !values.fresh && existsSync(progressFile) ? JSON.parse(readFileSync(progressFile, 'utf8')) : []
const until = Date.now() + Number(values.minutes) * 60_000
const isWanted = (name: string) =>
  values.only.split('|').some((words) => words.split(/\s+/).every((word) => name.includes(word)))
const say = (line: string) => process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`)

function keep(row: Row): void {
  const before = rows.findIndex(({ name }) => name === row.name)
  if (before >= 0) rows.splice(before, 1)
  rows.push(row)
  writeFileSync(progressFile, JSON.stringify(rows, null, 1))
  writeFileSync(proofFile, proofText(rows))
}

const stage = await MatrixStage.open()
try {
  for (const scenario of scenarios) {
    if (!modes.some((mode) => isWanted(`${scenario.name} ${mode} `))) continue
    const steps = await stage.stepsOf(scenario)
    for (const [index, chain] of chainsOf(steps).entries()) {
      const name =
        `${scenario.name} ${chain.mode} ${chain.mode === 'undo' ? chain.harms.map(harmName).join() : ''}`.trim()
      const isThere = rows.some((row) => row.name === name && row.broken.length === 0)
      if (isThere || !isWanted(name) || Date.now() > until) continue
      say(`${name}: ${casesIn(chain, steps)} cases`)
      const { done, broken, tookMs } = await stage.live(scenario, chain)
      const cases = chain.mode === 'twice' ? steps.length : done.length
      keep({
        name,
        scenario: scenario.name,
        mode: chain.mode,
        steps: steps.length,
        planned: casesIn(chain, steps),
        cases,
        broken,
        tookMs,
      })
      say(
        `  ${cases} cases in ${Math.round(tookMs / 1000)} s (chain ${index + 1})${broken.length > 0 ? `: ${broken.join('\n  ')}` : ''}`,
      )
    }
  }
} finally {
  await stage.close()
}
const failed = rows.filter(({ broken }) => broken.length > 0)
say(`${rows.length} chains, ${failed.length} that did not hold`)
process.exit(failed.length > 0 ? 1 : 0)
