import { signal, type Signal } from '@preact/signals';
import type { CheckReport, CoverageReport } from '../../client/types.generated.js';
import { useRefresh } from '../ui/use-refresh.js';
import { call, messageOf, scopeOf } from './api.js';
import { selectedProject } from './route.js';

/** A report, and how it is loaded. */
interface Source<Report> {
  /** Undefined until it is loaded. */
  readonly report: Signal<Report | undefined>;
  /** Why it could not be loaded, such as that requests are not judged; empty if it was. */
  readonly problem: Signal<string>;
  readonly load: (scope: string) => Promise<Report>;
}

/** A report of an operation of the control API. */
const source = <Report>(method: string, path: string): Source<Report> => ({
  report: signal<Report>(),
  problem: signal(''),
  load: (scope) => call<Report>(method, `${scope}contract/${path}`),
});

/** What clients have done wrong. */
export const CHECK = source<CheckReport>('POST', 'check');

/** What clients have exercised of what is emulated. */
export const COVERAGE = source<CoverageReport>('GET', 'coverage');

/** Counts what was forgotten, so that reports are loaded again. */
const forgotten = signal(0);

/**
 * A report on the scope of the page.
 *
 * @param everyMs how often it is loaded at most while requests arrive, in milliseconds
 */
export function useReport<Report>({ report, problem, load }: Source<Report>, everyMs: number) {
  const project = selectedProject.value;
  const refresh = async (): Promise<void> => {
    const [found, why] = await load(scopeOf(project)).then(
      (loaded) => [loaded, ''] as const,
      (error: unknown) => [undefined, messageOf(error)] as const,
    );
    if (project !== selectedProject.value) return;
    report.value = found;
    problem.value = why;
  };
  useRefresh(refresh, everyMs, `${project} ${forgotten.value}`);
  return { report: report.value, problem: problem.value };
}

/** Forgets what was found and counted in the scope of the page. */
export async function forgetContract(): Promise<void> {
  await call('DELETE', `${scopeOf(selectedProject.value)}contract`);
  forgotten.value += 1;
}
