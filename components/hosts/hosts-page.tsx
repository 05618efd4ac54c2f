'use client'
import { useQuery } from '@tanstack/react-query'
import { Server } from 'lucide-react'
import { toProblem } from '@/components/data/api-client'
import { queries } from '@/components/data/queries'
import { AddHost } from '@/components/hosts/add-host'
import { HostItem } from '@/components/hosts/host-item'
import { ProblemPage } from '@/components/session/problem-page'
import { Card, CardHead } from '@/components/ui/card'
import { Empty } from '@/components/ui/empty'
import { PageHead } from '@/components/ui/page-head'
import { Skeleton } from '@/components/ui/skeleton'

/** Every host that the dashboard can reach: how, with which key, and for which pair. */
export function HostsPage({ isAdministrator }: { isAdministrator: boolean }) {
  const hosts = useQuery(queries.hosts())
  const pairs = useQuery(queries.pairs())
  return (
    <div className="grid grid-cols-1 gap-4">
      <PageHead title="Hosts">
        A host’s key is confirmed once and pinned. A key that changed is shown, and never accepted silently.
      </PageHead>
      {hosts.error ? <ProblemPage problem={toProblem(hosts.error)} onRetry={() => hosts.refetch()} /> : null}
      {!hosts.data && !hosts.error ? <Skeleton className="h-60" /> : null}
      {hosts.data ? (
        <div className="grid items-start gap-3 xl:grid-cols-[1fr_420px]">
          <Card aria-labelledby="hosts-heading">
            <CardHead id="hosts-heading" title="Registered hosts">
              {hosts.data.length}
            </CardHead>
            {hosts.data.length === 0 ? (
              <Empty icon={Server} title="No host yet">
                Register the one on which your application runs, and the one that is to follow it.
              </Empty>
            ) : (
              <ul>
                {hosts.data.map((host) => (
                  <HostItem
                    key={host.id}
                    host={host}
                    isAdministrator={isAdministrator}
                    pair={
                      pairs.data?.find((view) => Object.values(view.pair.hosts).includes(host.id)) ?? null
                    }
                  />
                ))}
              </ul>
            )}
          </Card>
          {isAdministrator ? <AddHost /> : null}
        </div>
      ) : null}
    </div>
  )
}
