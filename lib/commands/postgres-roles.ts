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

/**
 * Rows `name`, `used_by` of the roles that an operation of this pair made; `used_by` is empty unless somebody else has come to need the role:
 * it owns or may use something (pg_shdepend), has members, or is signed in from a third host. The standby itself, and who comes
 * from the host itself, is the pair.
 */
export const pairRolesQuestion = (slug: string, standbyAddress: string) =>
  ({
    text: `select a.rolname as name, concat_ws(', ',
  (select 'it owns or may use ' || count(*) || ' objects' from pg_shdepend d
    where d.refclassid = 'pg_authid'::regclass and d.refobjid = a.oid and d.deptype in ('o', 'a', 'r') having count(*) > 0),
  (select 'it has ' || count(*) || ' members' from pg_auth_members m where m.roleid = a.oid having count(*) > 0),
  (select 'signed in from ' || string_agg(distinct host(s.client_addr), ' and ') from pg_stat_activity s
    where s.usesysid = a.oid and s.client_addr is not null and host(s.client_addr) not in ($2, '127.0.0.1', '::1') having count(*) > 0)
) as used_by
from pg_authid a where a.rolname = any ($1) and starts_with(shobj_description(a.oid, 'pg_authid'), $3)`,
    params: [ownRoles, standbyAddress, ofPair(slug)],
  }) as const

/** Rows `comment` of the pair's roles, and the ids of the operations that made them. */
export const operationOfRole = (slug: string) =>
  ({
    text: `select shobj_description(oid, 'pg_authid') as comment from pg_authid where rolname = any ($1)`,
    params: [ownRoles],
    parse: (rows: readonly { readonly [column: string]: unknown }[]): readonly string[] =>
      rows
        .map((row) => String(row.comment ?? ''))
        .filter((comment) => isRoleOfPair(comment, slug))
        .map((comment) => comment.slice(ofPair(slug).length)),
  }) as const
