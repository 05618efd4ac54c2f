import type { Finding } from '@/lib/domain/adopt/found-replication'

/** What was recognised, each with what it was recognised by, word for word as it stands on the host. */
export function FindingList({ findings }: { findings: readonly Finding[] }) {
  return (
    <dl>
      {findings.map(({ id, title, sentence, evidence }) => (
        <div
          key={id}
          className="grid gap-x-4 gap-y-1 border-line border-b px-4 py-2.5 last:border-b-0 md:grid-cols-[12rem_1fr]"
        >
          <dt className="text-ink3">{title}</dt>
          <dd className="min-w-0">
            <p>{sentence}</p>
            {evidence.length > 0 ? (
              <details className="mt-0.5 text-sm">
                <summary className="cursor-pointer text-accent">Seen on the hosts</summary>
                <ul className="mt-1 grid gap-1 font-mono text-ink2 text-xs [overflow-wrap:anywhere]">
                  {evidence.map((line) => (
                    <li key={line}>{line}</li>
                  ))}
                </ul>
              </details>
            ) : null}
          </dd>
        </div>
      ))}
    </dl>
  )
}
