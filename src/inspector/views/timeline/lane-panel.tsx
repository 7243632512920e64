import { useState } from 'preact/hooks';
import { actOnLane, GONE, lanes, type Lane } from '../../state/lanes.js';
import { goTo, hrefOf } from '../../state/route.js';
import type { Row } from '../../state/rows.js';
import { want } from '../../state/start.js';
import { CopyButton } from '../../ui/copy-button.js';
import { counted, duration, timeOfDay } from '../../ui/format.js';
import { Icon } from '../../ui/icon.js';
import { LINK_STATES, stateClass, toneOf } from '../../ui/status.js';
import { useProblem } from '../../ui/use-problem.js';
import { fromNow } from './drawing.js';
import { summaryOf, titleOf } from './marks.js';

/** How many requests of a link the panel lists. */
const MOST = 200;

/** One link: what can be done with it, the states that it passed, and the requests that touched it. */
export function LanePanel(props: {
  readonly lane: Lane;
  readonly rows: readonly Row[];
  readonly now: number;
}) {
  const { lane, rows, now } = props;
  const { id, state, held, history, ahead, waiting, sent } = lane;
  const close = (): void => {
    goTo({ view: 'timeline', item: '' });
    document.querySelector<HTMLElement>('.lanes')?.focus();
  };
  return (
    <section
      class="pane detail"
      aria-label={`Link ${id}`}
      onKeyDown={({ key }) => key === 'Escape' && close()}
    >
      <div class="detail-head">
        <h2>
          {titleOf(lane)} <span class={`state ${stateClass(state)}`}>{state}</span>
          {held && <span class="badge frozen">held</span>}
        </h2>
        <button type="button" class="plain" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <div class="detail-body">
        <p class="path mono">
          {id} <CopyButton label="Copy id" text={id} />
        </p>
        {state !== GONE && <Actions lane={lane} />}
        <p class="verdict">{summaryOf(lane, rows)}</p>
        {state === 'PENDING' && (
          <p class="notice">
            Only projects of the profile <code>documented</code> have the state PENDING. Terraform and other
            real clients fail on it: use a project of the profile <code>observed</code>, or start with{' '}
            <code>--pending-ms 0</code>. <a href={hrefOf({ view: 'projects', project: '' })}>Projects</a> has
            the lines to paste.
          </p>
        )}
        <h3>States</h3>
        <ol class="history">
          {history.map(({ state: entered, at, why }, index) => (
            <li key={index}>
              <span class={`state ${stateClass(entered)}`}>{entered}</span>
              <span class="mono">{timeOfDay(at)}</span>
              <span class="muted">
                {`${why === 'time' || why === undefined ? 'by time' : why}, `}
                {lasted(history[index + 1]?.at ?? (ahead[0] ? undefined : now), at, ahead.length > 0)}
              </span>
            </li>
          ))}
          {ahead.map(({ state: entered, at }) => (
            <li key={at} class="due">
              <span class={`state ${stateClass(entered)}`}>{entered}</span>
              <span class="mono">{timeOfDay(at)}</span>
              <span class="muted">{`due ${fromNow(at, now)}`}</span>
            </li>
          ))}
          {waiting.map((entered) => (
            <li key={entered} class="due">
              <span class={`state ${stateClass(entered)}`}>{entered}</span>
              <span class="muted">after a step or a release</span>
            </li>
          ))}
        </ol>
        <h3>{counted(rows.length, 'request')}</h3>
        <ol class="touches">
          {rows.slice(-MOST).map((row) => (
            <li key={row.seq}>
              <a href={hrefOf({ view: 'requests', item: String(row.seq) })}>
                <span class="mono">{timeOfDay(row.time)}</span>
                <span class={`status ${toneOf(row.status)}`}>{row.status || 'none'}</span>
                <b class="method">{row.method}</b>
                <span class="operation">{row.refusal?.rule ?? row.operation}</span>
              </a>
            </li>
          ))}
        </ol>
        <h3>What was sent</h3>
        <pre tabIndex={0} aria-label="What was sent">
          <code>{JSON.stringify(sent, null, 2)}</code>
        </pre>
      </div>
    </section>
  );
}

/**
 * How long a state lasted.
 *
 * @param end undefined if it has not ended
 */
function lasted(end: number | undefined, at: number, isLeaving: boolean): string {
  if (end === undefined) return isLeaving ? 'until it moves on' : '';
  return `for ${duration(end - at)}`;
}

/** Forces a state, fails, holds, steps and releases a link. */
function Actions({ lane }: { readonly lane: Lane }) {
  const { id, held, state } = lane;
  const [target, setTarget] = useState('DONE');
  const [message, setMessage] = useState('');
  const { attempt, problem } = useProblem();
  const act = (method: string, verb: string, body?: object): void => {
    const acted = actOnLane(id, method, verb, body).then(() => {
      if (lanes.value.all.get(id)?.state === state) want('lanes');
    });
    void attempt(acted);
  };
  return (
    <div class="actions">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          act('PUT', 'state', { state: target });
        }}
      >
        <span class="buttons joined">
          <select
            aria-label="State to force"
            value={target}
            onChange={({ currentTarget }) => setTarget(currentTarget.value)}
          >
            {LINK_STATES.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
          <button type="submit">Force state</button>
        </span>
      </form>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const text = message.trim();
          act('PUT', 'state', { state: 'FAILED', ...(text !== '' && { errorMessage: text }) });
        }}
      >
        <span class="buttons joined grow">
          <input
            class="grow"
            aria-label="Message of the failure"
            placeholder="errorMessage"
            value={message}
            onInput={({ currentTarget }) => setMessage(currentTarget.value)}
          />
          <button type="submit" class="danger">
            Fail
          </button>
        </span>
      </form>
      <span class="buttons joined">
        <button type="button" disabled={held} onClick={() => act('POST', 'hold')}>
          Hold
        </button>
        <button type="button" disabled={!held} onClick={() => act('POST', 'step')}>
          Step
        </button>
        <button type="button" disabled={!held} onClick={() => act('POST', 'release')}>
          Release
        </button>
      </span>
      {problem}
    </div>
  );
}
