import { useEffect, useState } from 'preact/hooks';
import { Icon } from './icon.js';

/** A button that copies a text, and says that it did. @param text the text, or a function that makes it */
export function CopyButton({
  label,
  text,
}: {
  readonly label: string;
  readonly text: string | (() => string | Promise<string>);
}) {
  const [copied, setCopied] = useState<'no' | 'yes' | 'failed'>('no');
  useEffect(() => {
    if (copied === 'no') return undefined;
    const timer = setTimeout(() => setCopied('no'), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (): Promise<void> => {
    const content = typeof text === 'string' ? text : await text();
    setCopied((await write(content)) ? 'yes' : 'failed');
  };
  return (
    <button type="button" class="copy" onClick={() => void copy()}>
      <Icon name={copied === 'yes' ? 'check' : 'copy'} />
      <span aria-live="polite">{{ no: label, yes: 'Copied', failed: 'Not copied' }[copied]}</span>
    </button>
  );
}

/** Copies a text. The clipboard is missing over plain HTTP on other addresses than loopback. */
async function write(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'offscreen';
    document.body.append(area);
    area.select();
    // Deprecated, and the only way without a secure context.
    const done = (document as { execCommand(name: string): boolean }).execCommand('copy');
    area.remove();
    return done;
  }
}
