export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 22 22"
      fill="none"
      stroke="var(--accent)"
      strokeWidth="1.7"
      aria-hidden="true"
    >
      <path d="M11 2 19 6.5v9L11 20 3 15.5v-9z" />
      <path d="M3 6.5 19 15.5M19 6.5 3 15.5M11 2v18" />
    </svg>
  );
}
