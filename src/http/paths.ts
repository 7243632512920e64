/** Path templates, such as `/groups/:groupId`, and the methods that each has. */
export class PathTable {
  readonly #rows: { readonly parts: readonly string[]; readonly method: string; readonly name: string }[] =
    [];

  /** @param name of the operation that has this method and path */
  add(method: string, template: string, name: string): void {
    this.#rows.push({ parts: template.split('/'), method, name });
  }

  /** The methods of the templates that a path matches, each with its operation's name. */
  methodsOf(path: string): ReadonlyMap<string, string> {
    const parts = path.split('/');
    const methods = new Map<string, string>();
    for (const row of this.#rows) {
      const matches =
        row.parts.length === parts.length &&
        row.parts.every(
          (part, index) => part === parts[index] || (part.startsWith(':') && parts[index] !== ''),
        );
      if (matches && !methods.has(row.method)) methods.set(row.method, row.name);
    }
    return methods;
  }
}
