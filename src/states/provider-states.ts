import { bodyCheck } from '../http/steps/fields.js';
import type { ProviderState } from '../world/index.js';
import type { Items } from './items.js';
import { namesOf } from './resource.js';

/**
 * What a consumer's contract can presuppose of a resource (https://docs.pact.io/provider): an item in a state, or none.
 * Their parameters are fields of the item.
 */
export function providerStates(items: Items): readonly ProviderState[] {
  const { resource, services } = items;
  const { one, many } = namesOf(resource.name);
  const checkFields = bodyCheck(resource.sent);
  const states = resource.states.filter((state) => state !== resource.gone);
  // Also by the last word: `a project without links`.
  const short = many.split(' ').at(-1) ?? many;
  return [
    {
      examples: states.map((state) => `a ${one} that is ${state}`),
      setUp(transaction, project, name, { errorMessage, ...params }) {
        const state = states.find((known) => name === `a ${one} that is ${known}`);
        if (state === undefined) return undefined;
        const id = services.newId();
        // A target of its own, so that it is no duplicate of an item that is there.
        const fields = Object.keys(params).length > 0 ? params : (resource.sample?.(id) ?? {});
        checkFields(fields);
        const why = typeof errorMessage === 'string' ? errorMessage : 'It has failed.';
        const message = state === resource.failed ? { errorMessage: why } : {};
        items.load(transaction, project, { ...fields, ...message, _id: id, state }, 'forced');
        return { [resource.parameter]: id };
      },
    },
    {
      examples: [`a project without ${many}`, `a project without ${short}`],
      setUp(transaction, project, name) {
        if (name !== `a project without ${many}` && name !== `a project without ${short}`) return undefined;
        for (const item of [...items.store.all(project.id, project.now)]) {
          const gone = items.plan(project, [{ state: resource.gone }], 'forced', item);
          items.put(transaction, project, { ...item, ...gone }, item);
        }
        return {};
      },
    },
  ];
}
