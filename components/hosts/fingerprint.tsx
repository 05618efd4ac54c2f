import { ShieldAlert } from 'lucide-react'
import { Code, CopyButton } from '@/components/ui/code'
import { Notice } from '@/components/ui/notice'
import type { HostKeyView } from '@/lib/domain/views'

/** The key that a host shows, how to compare it, and, where another one is pinned, both of them. */
export function Fingerprint({ view, name }: { view: HostKeyView; name: string }) {
  const changed = view.pinnedFingerprint !== null && view.pinnedFingerprint !== view.fingerprint
  return (
    <div className="grid gap-2">
      {changed ? (
        <Notice tone="bad" title={`${name} shows another key than the one that was confirmed.`} role="alert">
          Either its SSH was set up anew, or another machine answers at this address. Until you know which,
          accept nothing.
        </Notice>
      ) : null}
      <dl className="grid gap-2 rounded-lg border border-line bg-raise px-3 py-2.5">
        <Line label={`Key that ${name} shows now`} value={view.fingerprint} />
        {view.pinnedFingerprint ? (
          <Line label="Key that was confirmed" value={view.pinnedFingerprint} />
        ) : null}
      </dl>
      <div className="flex items-start gap-2 text-ink2 text-sm">
        <ShieldAlert className="mt-0.5 size-4 shrink-0 text-ink3" aria-hidden="true" />
        <div className="grid gap-1">
          <p>
            On the host’s own console, this prints the fingerprints of its keys; one of them must be the same:
          </p>
          <Code>{'for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf "$key"; done'}</Code>
        </div>
      </div>
    </div>
  )
}

function Line({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt className="text-ink3 text-xs">{label}</dt>
      <dd className="flex items-center gap-1 font-mono text-sm [overflow-wrap:anywhere]">
        {value}
        <CopyButton text={value} label="Copy the fingerprint" />
      </dd>
    </div>
  )
}
