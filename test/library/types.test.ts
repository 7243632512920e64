import { describe, expectTypeOf, it } from 'vitest';
import type { Static } from '@sinclair/typebox';
import type * as client from '../../src/client/index.js';
import type { CLIENTS } from '../../src/control/environment.js';
import type { ShownRefused, ShownRequest } from '../../src/control/journal/request-entry.js';
import type { Matcher } from '../../src/control/journal/request-matcher.js';
import type { ClockReading } from '../../src/world/world-time.js';
import type { State } from '../../src/features/private-links/states.js';
import type { DurationName } from '../../src/features/index.js';
import type { ItemRule, StoredRule } from '../../src/states/rules.js';
import type { FaultRule } from '../../src/http/faults/rule.js';
import type { Rung } from '../../src/http/observation/exchange.js';
import type { fixtureSchema } from '../../src/world/index.js';
import type { EventType } from '../../src/kernel/events.js';
import type { Movement } from '../../src/kernel/pace.js';
import type { ProfileName } from '../../src/profiles/index.js';

// The client knows the emulator by its control API alone, so its types are written down once more; the compiler holds
// them to those that the emulator checks with.
describe("the client's types", () => {
  it('are those of what the emulator answers', () => {
    expectTypeOf<ShownRequest>().toExtend<client.RecordedRequest>();
    expectTypeOf<ShownRefused>().toExtend<client.RefusedRequest>();
    expectTypeOf<ClockReading>().toExtend<client.ClockReading>();
    expectTypeOf<Static<ReturnType<typeof fixtureSchema>>>().toExtend<client.Fixture>();
    expectTypeOf<Omit<StoredRule, 'rule'>>().toExtend<Omit<client.KeptLinkRule, 'rule'>>();
    expectTypeOf<EventType | 'lost'>().toEqualTypeOf<client.EmulatorEvent['type']>();
  });

  it('are those of what the emulator takes', () => {
    expectTypeOf<client.NewFault>().toExtend<Omit<FaultRule, 'id'>>();
    expectTypeOf<client.LinkRule>().toExtend<ItemRule>();
    expectTypeOf<client.RequestMatcher>().toExtend<Matcher>();
    expectTypeOf<client.Durations>().toEqualTypeOf<Readonly<Record<DurationName, number>>>();
    expectTypeOf<client.Movement>().toEqualTypeOf<Movement>();
  });

  it('have the same names', () => {
    expectTypeOf<client.LinkState>().toEqualTypeOf<State>();
    expectTypeOf<client.ProfileName>().toEqualTypeOf<ProfileName>();
    expectTypeOf<client.ClientName>().toEqualTypeOf<keyof typeof CLIENTS>();
    expectTypeOf<client.Rung>().toEqualTypeOf<Rung>();
  });
});
