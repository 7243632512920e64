/** Whether a path has a form, in which each `*` stands for any text. Linear in both, whatever stars there are. */
export function hasForm(text: string, form: string): boolean {
  const [first = '', ...rest] = form.split('*');
  const last = rest.pop();
  if (last === undefined) return form === text;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
