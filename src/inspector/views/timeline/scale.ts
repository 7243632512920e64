/** A stretch of time, in milliseconds. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Distances of ticks that a person can read, in milliseconds. */
const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * 1000),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60_000),
  ...[1, 2, 3, 6, 12].map((hours) => hours * 3_600_000),
  ...[1, 2, 7, 14, 30, 90, 365].map((days) => days * 86_400_000),
];

/** The shortest and the longest span that can be zoomed to. */
const SHORTEST = 20;
const LONGEST = 400 * 86_400_000;

/** A function from times to pixels: d3-scale would add 20 kB for this line and the ticks. */
export const scaleOf =
  ({ start, end }: Span, width: number) =>
  (time: number): number =>
    ((time - start) / (end - start)) * width;

/** The time at a place, in pixels from the left: the inverse of {@link scaleOf}. */
export const timeAt = ({ start, end }: Span, width: number, x: number): number =>
  start + (x / width) * (end - start);

/** The times of the ticks, at least `distance` pixels apart, and their text. */
export function ticksOf(span: Span, width: number, distance = 96): { time: number; text: string }[] {
  const least = ((span.end - span.start) * distance) / Math.max(width, 1);
  const step = STEPS.find((one) => one >= least) ?? STEPS.at(-1) ?? 1;
  const ticks = [];
  for (let time = Math.ceil(span.start / step) * step; time <= span.end && ticks.length < 100; time += step) {
    const iso = new Date(time).toISOString();
    const text =
      step >= 86_400_000
        ? iso.slice(0, 10)
        : step >= 60_000
          ? `${time % 86_400_000 === 0 ? `${iso.slice(5, 10)} ` : ''}${iso.slice(11, 16)}`
          : step >= 1000
            ? iso.slice(11, 19)
            : iso.slice(14, 23);
    ticks.push({ time, text });
  }
  return ticks;
}

/** A span that is `factor` times as long, with the time at a share of its width where it was. */
export function zoomed({ start, end }: Span, factor: number, share = 0.5): Span {
  const at = start + (end - start) * share;
  const length = Math.min(LONGEST, Math.max(SHORTEST, (end - start) * factor));
  return { start: at - length * share, end: at + length * (1 - share) };
}

/** A span that is moved by a share of its length. */
export function panned({ start, end }: Span, share: number): Span {
  const by = (end - start) * share;
  return { start: start + by, end: end + by };
}
