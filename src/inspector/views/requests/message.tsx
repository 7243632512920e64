import type { RequestReport } from '../../../client/types.generated.js';
import { CopyButton } from '../../ui/copy-button.js';
import { counted, pretty } from '../../ui/format.js';

/** The parts of JSON that have a color of their own: names, texts, and other values. */
const TOKENS = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** The headers and the body of a request or a response. */
export function Message(props: {
  readonly title: string;
  readonly line: string;
  readonly message: RequestReport['request'];
}) {
  const { title, line, message } = props;
  const { headers, body, truncated } = message;
  const names = Object.keys(headers);
  const text = body === undefined ? '' : pretty(body);
  return (
    <section class="message" aria-label={title}>
      <h3>
        {title} <span class="muted mono">{line}</span>
      </h3>
      <details open={names.length <= 12}>
        <summary>{counted(names.length, 'header')}</summary>
        <dl class="headers mono">
          {names.map((name) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{headers[name]}</dd>
            </div>
          ))}
        </dl>
      </details>
      {body === undefined || body === '' ? (
        <p class="muted">{truncated ? 'The body was not read to its end.' : 'No body.'}</p>
      ) : (
        <div class="body">
          <CopyButton label="Copy body" text={text} />
          <pre tabIndex={0} aria-label={`Body of the ${title.toLowerCase()}`}>
            <Highlighted text={text} />
          </pre>
          {truncated && <p class="muted">Only the beginning was recorded.</p>}
        </div>
      )}
    </section>
  );
}

/** JSON with colors. Text that is no JSON is shown as it is. */
function Highlighted({ text }: { readonly text: string }) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(TOKENS)) {
    const [whole, quoted, colon] = match;
    if (match.index > end) parts.push(text.slice(end, match.index));
    const kind = quoted === undefined ? 'value' : colon === undefined ? 'text' : 'name';
    parts.push(
      <span class={`json-${kind}`} key={match.index}>
        {quoted ?? whole}
      </span>,
    );
    if (colon !== undefined) parts.push(colon);
    end = match.index + whole.length;
  }
  return (
    <code>
      {parts}
      {text.slice(end)}
    </code>
  );
}
