import { z } from 'zod'
import { packageKinds } from '@/lib/domain/packages'

const aPackage = z.object({ name: z.string(), version: z.string() })

/** What comparing one kind of packages showed before a create operation is planned. Plain data, kept in the plan. */
export const packageFacts = z.object({
  kind: z.enum(packageKinds),
  found: z.union([
    z.object({
      isCompared: z.literal(true),
      /** How many the primary has. */
      primaryCount: z.int(),
      other: z.array(z.object({ name: z.string(), primary: z.string(), standby: z.string() })),
      missing: z.array(aPackage),
      /** Of the missing ones, in the versions that are installed: the primary's where the sources offer it. */
      targets: z.array(aPackage),
      /** Missing, and no source of the standby offers them; known of deb alone before it is tried. */
      unavailable: z.array(z.string()),
      /** What comes with the targets because they need it; known of deb alone. */
      alongside: z.array(aPackage),
      /** What would be changed or removed on the standby: then nothing is installed. */
      changes: z.array(z.string()),
    }),
    z.object({
      isCompared: z.literal(false),
      outcome: z.enum(['fail', 'warn', 'not-applicable']),
      evidence: z.string(),
      fix: z.string(),
    }),
  ]),
})
export type PackageFacts = z.infer<typeof packageFacts>
export type ComparedPackages = Extract<PackageFacts['found'], { isCompared: true }>

/** What is to be installed, by kind; kinds with nothing to install are not in it. */
export const toInstall = (
  facts: readonly PackageFacts[],
): readonly { readonly kind: PackageFacts['kind']; readonly found: ComparedPackages }[] =>
  facts.flatMap(({ kind, found }) =>
    found.isCompared && found.targets.length > 0 && found.changes.length === 0 ? [{ kind, found }] : [],
  )
