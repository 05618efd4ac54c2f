'use client'
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { apiClient } from '@/components/data/api-client'
import type { Host } from '@/lib/domain/host'
import type { DirectoryRun } from '@/lib/domain/observation'
import type {
  Draft,
  DrillsView,
  LogFileView,
  OperationView,
  OwnSessionView,
  PairView,
  ProfileProblem,
  ProfileSummary,
  RecentRuns,
  SessionView,
  UserView,
} from '@/lib/domain/views'

const part = encodeURIComponent

/** Keys and readers of everything that pages read. The live stream writes `pairs`, `pair` and `operation` by key. */
export const queries = {
  session: () =>
    queryOptions({
      queryKey: ['session'],
      queryFn: ({ signal }) => apiClient.get<SessionView>('/session', signal),
    }),
  pairs: () =>
    queryOptions({
      queryKey: ['pairs'],
      queryFn: ({ signal }) => apiClient.get<readonly PairView[]>('/pairs', signal),
    }),
  pair: (slug: string) =>
    queryOptions({
      queryKey: ['pair', slug],
      queryFn: ({ signal }) => apiClient.get<PairView>(`/pairs/${part(slug)}`, signal),
    }),
  operation: (id: string) =>
    queryOptions({
      queryKey: ['operation', id],
      queryFn: ({ signal }) => apiClient.get<OperationView>(`/operations/${part(id)}`, signal),
    }),
  hosts: () =>
    queryOptions({
      queryKey: ['hosts'],
      queryFn: ({ signal }) => apiClient.get<readonly Host[]>('/hosts', signal),
    }),
  profiles: () =>
    queryOptions({
      queryKey: ['profiles'],
      queryFn: ({ signal }) => apiClient.get<readonly ProfileSummary[]>('/profiles', signal),
    }),
  profileProblems: () =>
    queryOptions({
      queryKey: ['profiles', 'problems'],
      queryFn: ({ signal }) => apiClient.get<readonly ProfileProblem[]>('/profiles/problems', signal),
    }),
  draft: (id: string) =>
    queryOptions({
      queryKey: ['draft', id],
      queryFn: ({ signal }) => apiClient.get<Draft>(`/drafts/${part(id)}`, signal),
    }),
  logFiles: (slug: string) =>
    queryOptions({
      queryKey: ['logs', slug],
      queryFn: ({ signal }) => apiClient.get<readonly LogFileView[]>(`/pairs/${part(slug)}/logs`, signal),
    }),
  /** `seen`: what the pair says of its last drill, so that the list is read anew when that changes. */
  drills: (slug: string, seen: string) =>
    queryOptions({
      queryKey: ['drills', slug, seen],
      queryFn: ({ signal }) => apiClient.get<DrillsView>(`/pairs/${part(slug)}/drills`, signal),
      placeholderData: keepPreviousData,
    }),
  runs: (slug: string, directory: string) =>
    queryOptions({
      queryKey: ['runs', slug, directory],
      queryFn: ({ signal }) =>
        apiClient.get<readonly DirectoryRun[]>(
          `/pairs/${part(slug)}/directories/${part(directory)}/runs`,
          signal,
        ),
    }),
  /** A picture of how the copies went: nobody waits for its newest run. */
  recentRuns: (slug: string) =>
    queryOptions({
      queryKey: ['recent-runs', slug],
      queryFn: ({ signal }) => apiClient.get<RecentRuns>(`/pairs/${part(slug)}/runs`, signal),
      refetchInterval: 60_000,
    }),
  sessions: () =>
    queryOptions({
      queryKey: ['sessions'],
      queryFn: ({ signal }) => apiClient.get<readonly OwnSessionView[]>('/sessions', signal),
    }),
  users: () =>
    queryOptions({
      queryKey: ['users'],
      queryFn: ({ signal }) => apiClient.get<readonly UserView[]>('/users', signal),
    }),
}
