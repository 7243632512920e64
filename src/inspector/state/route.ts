import { computed, signal } from '@preact/signals';

/** The views, in the order of the navigation. */
export const VIEWS = ['requests', 'timeline', 'time', 'faults', 'projects', 'coverage', 'contract'] as const;
export type View = (typeof VIEWS)[number];

/** Where the page is: `#/requests/12?project=…`. */
interface Route {
  readonly view: View;
  /** What is opened in the view, such as the number of a request; empty for nothing. */
  readonly item: string;
  /** The project that the views are about; empty for all. */
  readonly project: string;
}

/** The address after the number sign, which the browser keeps in its history. */
const hash = signal(location.hash);
addEventListener('hashchange', () => (hash.value = location.hash));

/** Where the page is. An unknown view is that of requests. */
export const route = computed<Route>(() => {
  const [path = '', query = ''] = hash.value.replace(/^#\/?/, '').split('?');
  const [name, item = ''] = path.split('/');
  const view = VIEWS.find((one) => one === name) ?? 'requests';
  return { view, item, project: new URLSearchParams(query).get('project') ?? '' };
});

/** The project that the views are about; empty for all. */
export const selectedProject = computed(() => route.value.project);

/** The address of a view; the project stays as it is unless it is given. */
export function hrefOf({ view, item = '', project = route.value.project }: Partial<Route>): string {
  const path = [view ?? route.value.view, ...(item === '' ? [] : [item])].join('/');
  return `#/${path}${project === '' ? '' : `?project=${project}`}`;
}

/** Goes to a view. Opening another item of the same view leaves no entry in the history. */
export function goTo(target: Partial<Route>): void {
  const href = hrefOf(target);
  if (target.view === undefined || target.view === route.value.view) history.replaceState(null, '', href);
  else history.pushState(null, '', href);
  hash.value = href;
}
