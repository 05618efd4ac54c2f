/** A link within text: told by its line, not by colour alone. */
export const linkClass =
  'font-[550] text-accent underline decoration-accent/40 underline-offset-2 hover:decoration-accent'
