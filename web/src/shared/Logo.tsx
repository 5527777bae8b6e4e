/** The mark of the product. It stands beside its name, so it has none itself. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#2f4fc4" />
      <path
        d="M10 23V9h7a4.6 4.6 0 0 1 1.6 8.9L22 23h-3.7l-3-4.7H13V23zm3-7.2h3.7a1.9 1.9 0 0 0 0-3.9H13z"
        fill="#fff"
      />
    </svg>
  )
}
