import type { Static } from '@sinclair/typebox';
import type { SharedSection } from '../../world/index.js';
import { ruleOf } from './fault-check.js';
import { fixtureFault } from '../../http/faults/rule-schema.js';
import type { FaultStore } from './fault-store.js';
import { shown } from './faults.js';
import type { NamedOperations } from '../operation-names.js';

/** What a fixture says of faults. They act once the store has read them anew. @param operations those that a rule can name */
export function faultSection(store: FaultStore, operations: NamedOperations): SharedSection {
  return {
    key: 'faults',
    item: fixtureFault,
    scope: 'both',
    load(_transaction, project, item) {
      const { matched = 0, fired = 0, ...sent } = item as Static<typeof fixtureFault>;
      store.insert({ rule: ruleOf(sent, project?.id, operations), project: project?.id, matched, fired });
    },
    save: (project) => store.list(project?.id).map(shown),
    clear() {
      store.removeShared();
    },
  };
}
