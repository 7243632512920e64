/**
 * Indents JSON by two, with ` : ` between key and value and arrays on one line until an object opens: how the
 * recorded 401 is indented; that other answers are indented likewise is inferred.
 */
export function pretty(value: unknown, indent = ''): string {
  if (Array.isArray(value)) {
    return value.length === 0 ? '[ ]' : `[ ${value.map((item) => pretty(item, indent)).join(', ')} ]`;
  }
  if (typeof value === 'object' && value !== null) {
    const inner = `${indent}  `;
    const lines = Object.entries(value).map(
      ([key, item]) => `${inner}${JSON.stringify(key)} : ${pretty(item, inner)}`,
    );
    return lines.length === 0 ? '{ }' : `{\n${lines.join(',\n')}\n${indent}}`;
  }
  return JSON.stringify(value);
}
