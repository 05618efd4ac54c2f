import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { CodeUnderProof } from '@/test/matrix/code-under-proof'
import { hasHeld, proofText, type Row, type Survey } from '@/test/matrix/proof-text'

type Kept = { readonly format: 4; readonly rows: readonly Row[]; readonly survey: Survey | null }

const list = (items: readonly unknown[]) =>
  `[${items.map((item) => `\n${JSON.stringify(item)}`).join(',')}${items.length > 0 ? '\n' : ''}]`

/** JSON with one chain a line: what a run adds is what git shows as changed. */
function recordText({ format, rows, survey }: Kept): string {
  return `{"format":${format},\n"rows":${list(rows)},\n"survey":${survey && surveyText(survey)}}\n`
}

function surveyText({ sums, ...rest }: Survey): string {
  const names = Object.keys(sums).sort()
  const lines = names.map((name) => `\n${JSON.stringify(name)}:${JSON.stringify(sums[name])}`)
  return `${JSON.stringify(rest).slice(0, -1)},"sums":{${lines.join(',')}\n}}`
}

/** What was run, in a file that a run which was broken off goes on from, in whichever clone, and in docs/proof.md. */
export class MatrixRecord {
  #rows: readonly Row[]
  #survey: Survey | null

  private constructor(
    private readonly files: { readonly record: string; readonly proof: string },
    kept: Kept,
  ) {
    this.#rows = kept.rows
    this.#survey = kept.survey
  }

  /** Reads what was kept; what another format kept is not proof of anything any more. */
  static open(files: { readonly record: string; readonly proof: string }, isFresh: boolean): MatrixRecord {
    const none: Kept = { format: 4, rows: [], survey: null }
    if (isFresh || !existsSync(files.record)) return new MatrixRecord(files, none)
    const kept: Partial<Kept> = JSON.parse(readFileSync(files.record, 'utf8'))
    return new MatrixRecord(files, kept.format === 4 ? { ...none, ...kept } : none)
  }

  get rows(): readonly Row[] {
    return this.#rows
  }

  get survey(): Survey | null {
    return this.#survey
  }

  /** Whether a chain held on this very code. */
  hasHeld(name: string, { sum }: CodeUnderProof): boolean {
    return this.#rows.some((row) => row.name === name && row.sum === sum && hasHeld(row))
  }

  /** What the whole matrix is on this code; chains that no operation has any more are forgotten. */
  keepSurvey(survey: Survey): void {
    this.#survey = survey
    this.#rows = this.#rows.filter(({ name }) => name in survey.sums)
    this.#write()
  }

  keep(row: Row): void {
    const others = this.#rows.filter(({ name }) => name !== row.name)
    // By name, here and in both files, so that neither depends on the order in which labs have ended.
    this.#rows = [...others, row].sort((one, other) => (one.name < other.name ? -1 : 1))
    this.#write()
  }

  #write(): void {
    const kept: Kept = { format: 4, rows: this.#rows, survey: this.#survey }
    writeFileSync(`${this.files.record}.new`, recordText(kept))
    renameSync(`${this.files.record}.new`, this.files.record)
    writeFileSync(this.files.proof, proofText(this.#rows, this.#survey))
  }
}
