import { asidePath, copyPath } from '@/lib/domain/pair-names'

/** Where a tablespace lies on both hosts, and within it the places of the standby's old content and of the new copy. */
export type TablespacePlan = {
  readonly name: string
  /** Its number, which names the link in `pg_tblspc`. */
  readonly oid: string
  readonly location: string
  readonly aside: string
  readonly copy: string
}

export const tablespacePlan = (
  { name, oid, location }: { readonly name: string; readonly oid: string; readonly location: string },
  mark: string,
): TablespacePlan => ({
  name,
  oid,
  location,
  aside: asidePath(`${location}/`, mark),
  copy: copyPath(`${location}/`, mark),
})
