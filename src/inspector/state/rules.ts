import { signal } from '@preact/signals';
import type { Fault, KeptPrivateLinkRule } from '../../client/types.generated.js';
import { call, scopeOf } from './api.js';
import { projects } from './projects.js';

/** A rule and the project that it belongs to; empty for the whole server. */
export type Scoped<Rule> = Rule & { readonly scope: string };

/** Fault rules, with how often each matched. */
export const faults = signal<readonly Scoped<Fault>[]>([]);
/** Rules for links that are not created yet. */
export const linkRules = signal<readonly Scoped<KeptPrivateLinkRule>[]>([]);

/** Projects whose rules are loaded at once; of more, only those of the selected one and of the server. */
const MANY = 20;

/** Loads the rules of the server, and of a project or of all. */
export async function loadRules(project: string): Promise<void> {
  const ids = projects.value.map(({ id }) => id);
  const scopes = ['', ...(project === '' ? ids.slice(0, MANY) : [project])];
  const load = async <Rule extends object>(path: string, key: string): Promise<Scoped<Rule>[]> => {
    const found = await Promise.allSettled(
      scopes.map(async (scope) => {
        const answer = await call<Record<string, Rule[]>>('GET', scopeOf(scope) + path);
        return (answer[key] ?? []).map((rule) => ({ ...rule, scope }));
      }),
    );
    return found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  };
  [faults.value, linkRules.value] = await Promise.all([
    load<Fault>('faults', 'results'),
    load<KeptPrivateLinkRule>('private-link-rules', 'rules'),
  ]);
}
