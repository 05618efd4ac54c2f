/** Rows in columns, each as wide as its widest cell, two spaces apart; nothing trails. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => widthOf(row[column] ?? ''))),
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Characters as a terminal shows them; names of ours have no wide ones. */
const widthOf = (cell: string): number => [...cell.normalize()].length
