import { databasesQuestion, relationsQuestion, unreadQuestion } from '@/lib/commands/drill/check-copy'
import { recoveryQuestion } from '@/lib/commands/drill/copy-server'
import { AppError } from '@/lib/errors'
import type { DatabaseTarget, Row } from '@/lib/ports/host-door'
import type { Answer, FolderHost } from '@/test/harness/folder-host'

/** What the copy of a drill answers on a folder host, once its server takes rows. */
export class FolderCopy {
  /** Tables that can't be read, each with PostgreSQL's words. */
  unread: readonly string[] = []
  /** What the checks of the profile find, by the text of their question. */
  readonly rows = new Map<string, readonly Row[]>()

  constructor(private readonly host: FolderHost) {
    host.answerAt = (target) => this.#at(target)
  }

  #at({ socketDirectory, database }: DatabaseTarget): Answer | null {
    if (!socketDirectory.endsWith('-drill')) return null
    return (text, params) => this.#answer(`${socketDirectory}/data`, { text, params, database })
  }

  #answer(
    data: string,
    { text, params, database }: { text: string; params: readonly unknown[]; database: string },
  ): readonly Row[] {
    const { host } = this
    if (!host.has(`${data}/running`)) throw new AppError('POSTGRES_DOWN', 'The copy does not run.')
    if (host.read(`${data}/running`).trim() === 'recovering')
      throw new AppError('POSTGRES_STARTING', 'The copy is starting up.')
    const written = `${data}/understudy-row`
    const answers: readonly (readonly [RegExp | string, () => readonly Row[]])[] = [
      [
        /insert into understudy\.drills/,
        () => {
          host.put(written, /values \('([^']*)'\)/.exec(text)?.[1] ?? '')
          return []
        },
      ],
      [
        recoveryQuestion,
        () =>
          host.has(written) && host.read(written) === params[0]
            ? [{ recovery_ms: 4_250.4, timeline: 2 }]
            : [],
      ],
      [databasesQuestion, () => ['ledger', 'postgres'].map((name) => ({ name }))],
      [relationsQuestion, () => (database === 'ledger' ? [{ oid: '16390' }, { oid: '16399' }] : [])],
      [/^do \$understudy\$ declare r regclass/, () => []],
      [unreadQuestion, () => [{ unread: JSON.stringify(this.unread) }]],
      ['set default_transaction_read_only = on', () => []],
    ]
    const found = answers.find(([form]) => (typeof form === 'string' ? form === text : form.test(text)))
    const rows = found ? found[1]() : this.rows.get(text)
    if (rows) return rows
    throw new AppError('POSTGRES_QUERY_FAILED', `The copy has no answer to: ${text}`)
  }
}
