/** The lines of the icons, on a grid of 16. */
const PATHS = {
  requests: 'M2 4h12M2 8h12M2 12h8',
  timeline: 'M2 4h5M9 4h5M2 8h9M13 8h1M2 12h3M7 12h7',
  time: 'M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0-11M8 5v3l2 1.5',
  faults: 'M9 1.5L4 9h3.5L7 14.5L12 7H8.5z',
  projects: 'M2 5h12v8H2zM5 5V3h6v2',
  coverage: 'M2.5 2.5h4v4h-4zM9.5 2.5h4v4h-4zM2.5 9.5h4v4h-4zM9.5 11.5l1.5 1.5l3-3.5',
  contract: 'M4 1.5h6l3 3v10H4zM6.5 9l1.5 1.5L11 7.5',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  close: 'M4 4l8 8M12 4l-8 8',
  check: 'M3 8.5l3.5 3.5L13 4.5',
  pause: 'M5.5 3v10M10.5 3v10',
  play: 'M5 3l7 5l-7 5z',
} as const;

/** An icon, which only repeats what its text says. */
export function Icon({ name }: { readonly name: keyof typeof PATHS }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
