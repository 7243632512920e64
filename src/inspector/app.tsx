import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { isTokenWanted } from './state/api.js';
import { CHECK, useReport } from './state/contract.js';
import { hrefOf, route, VIEWS, type View } from './state/route.js';
import { isLoaded, problem } from './state/start.js';
import { Header } from './ui/header.js';
import { Icon } from './ui/icon.js';
import { TokenPrompt } from './ui/token-prompt.js';
import { ContractView } from './views/contract.js';
import { CoverageView } from './views/coverage.js';
import { FaultsView } from './views/faults/faults.js';
import { ProjectsView } from './views/projects.js';
import { RequestsView } from './views/requests/requests.js';
import { TimeView } from './views/time.js';
import { TimelineView } from './views/timeline/timeline.js';

/** The views, each with the title of its link and of the page. */
const SHOWN: Readonly<Record<View, readonly [title: string, component: ComponentType]>> = {
  requests: ['Requests', RequestsView],
  timeline: ['Timeline', TimelineView],
  time: ['Time', TimeView],
  faults: ['Faults', FaultsView],
  projects: ['Projects', ProjectsView],
  coverage: ['Coverage', CoverageView],
  contract: ['Contract', ContractView],
};

/** The page: header, navigation, and the view that the address names. */
export function App() {
  const { view } = route.value;
  const [title, Shown] = SHOWN[view];
  useEffect(() => {
    document.title = `${title} · atlas-streams-emulator`;
  }, [title]);
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Header />
      <nav class="views" aria-label="Views">
        {VIEWS.map((name) => (
          <a href={hrefOf({ view: name })} aria-current={name === view ? 'page' : undefined} key={name}>
            <Icon name={name} />
            {SHOWN[name][0]}
            {name === 'contract' && isLoaded.value && <FindingCount />}
          </a>
        ))}
      </nav>
      <main id="main" tabIndex={-1} class={`view view-${view}`}>
        {isTokenWanted.value ? (
          <TokenPrompt />
        ) : problem.value !== undefined ? (
          <p class="notice bad" role="alert">
            {problem.value} This page tries again every two seconds.
          </p>
        ) : isLoaded.value ? (
          <Shown />
        ) : (
          <p class="notice" role="status">
            Loading…
          </p>
        )}
      </main>
    </>
  );
}

/** How many findings there are, so that somebody looks. */
function FindingCount() {
  const { error = 0, warning = 0 } = useReport(CHECK, 3000).report?.counts ?? {};
  const count = error + warning;
  return count === 0 ? null : <span class="badge warning">{count}</span>;
}
