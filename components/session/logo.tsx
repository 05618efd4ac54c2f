/** One full disc, and behind it one that is only outlined: the primary and its understudy. */
export function Logo() {
  return (
    <svg width="26" height="20" viewBox="0 0 26 20" aria-hidden="true">
      <circle cx="9" cy="10" r="8" fill="currentColor" />
      <circle
        cx="17"
        cy="10"
        r="7.2"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeDasharray="2.6 2.2"
      />
    </svg>
  )
}
