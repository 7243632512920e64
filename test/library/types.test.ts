import { describe, expectTypeOf, it } from 'vitest';
import type { Static } from '@sinclair/typebox';
import type * as client from '../../src/client/index.js';
import type { FaultRule } from '../../src/http/faults/rule.js';
import type { EventType } from '../../src/kernel/events.js';
import type { fixtureSchema } from '../../src/world/index.js';

// Most of the client's types are generated from the control API's document. These are narrowed or written by hand.
describe('types of the client', () => {
  it('the types of the client name every event that the emulator emits', () => {
    expectTypeOf<EventType | 'lost'>().toEqualTypeOf<client.EmulatorEvent['type']>();
  });

  it('the types of the client accept every exported fixture', () => {
    expectTypeOf<Static<ReturnType<typeof fixtureSchema>>>().toExtend<client.Fixture>();
  });

  it('the types of the client require one action of a fault and one outcome of a rule', () => {
    expectTypeOf<client.NewFault>().toExtend<Omit<FaultRule, 'id'>>();
    expectTypeOf<{ drop: 'after'; times: 1 }>().toExtend<client.NewFault>();
    expectTypeOf<{ times: 1 }>().not.toExtend<client.NewFault>();
    expectTypeOf<{ fail: string }>().toExtend<client.LinkRule>();
    expectTypeOf<{ match: { vendor: string } }>().not.toExtend<client.LinkRule>();
  });
});
