import { type SqlStatement, sql, sqlIdentifier, sqlLiteral } from '@/lib/commands/sql'
import { monitorRole, replicationRole } from '@/lib/domain/pair-names'

const ofPair = (slug: string) => `Understudy, pair ${slug}, operation `

/** The comment by which a role is known to be of this operation's making: only such a role is ever dropped. */
export const roleComment = (slug: string, operationId: string): string => `${ofPair(slug)}${operationId}`

/** Whether an operation of this pair made the role; it goes to the next primary with the database. */
export const isRoleOfPair = (comment: string, slug: string): boolean => comment.startsWith(ofPair(slug))

const clauses = {
  [replicationRole]: 'login replication',
  [monitorRole]: 'login in role pg_monitor',
} as const
export type OwnRole = keyof typeof clauses
export const ownRoles: readonly OwnRole[] = [replicationRole, monitorRole]

/**
 * Makes the role and its comment in one statement. `verifier` is what PostgreSQL stores for the password
 * (`SCRAM-SHA-256$…`), so that the password never stands in a server's log; the preview leaves it out.
 */
export function createRole(role: OwnRole, verifier: string, comment: string): SqlStatement {
  const build = (password: string) =>
    `do $understudy$ begin
  create role ${sqlIdentifier(role)} ${clauses[role]} password ${password};
  comment on role ${sqlIdentifier(role)} is ${sqlLiteral(comment)};
end $understudy$`
  return {
    text: build(sqlLiteral(verifier)),
    preview: build("'SCRAM-SHA-256$… (of a random password)'"),
  }
}

export const dropRole = (role: OwnRole): SqlStatement => sql(`drop role if exists ${sqlIdentifier(role)}`)

/** Rows `name`, `comment`, `has_password`. */
export const ownRolesQuestion = {
  text: `select rolname as name, shobj_description(oid, 'pg_authid') as comment, rolpassword is not null as has_password
from pg_authid where rolname = any ($1)`,
  params: [ownRoles],
} as const
