import { describe, expectTypeOf, it } from 'vitest';
import type { Static } from '@sinclair/typebox';
import type * as client from '../../src/client/index.js';
import type { CLIENTS } from '../../src/control/environment.js';
import type { ShownRefused, ShownRequest } from '../../src/control/journal/request-entry.js';
import type { Matcher } from '../../src/control/journal/request-matcher.js';
import type { ClockReading } from '../../src/world/world-time.js';
import type { State } from '../../src/features/private-links/lifecycle.js';
import type { LinkRule } from '../../src/features/private-links/link-rule.js';
import type { KeptRule } from '../../src/features/private-links/rule-store.js';
import type { FaultRule } from '../../src/http/faults/rule.js';
import type { Rung } from '../../src/http/observation/exchange.js';
import type { fixtureSchema } from '../../src/world/index.js';
import type { EventType } from '../../src/kernel/events.js';
import type { Durations, Movement } from '../../src/kernel/pace.js';
import type { ProfileName } from '../../src/profiles/index.js';

// The client knows the emulator by its control API alone, so its types are written down once more; the compiler holds
// them to those that the emulator checks with.
describe("the client's types", () => {
  it('are those of what the emulator answers', () => {
    expectTypeOf<ShownRequest>().toExtend<client.RecordedRequest>();
    expectTypeOf<ShownRefused>().toExtend<client.RefusedRequest>();
    expectTypeOf<ClockReading>().toExtend<client.ClockReading>();
    expectTypeOf<Static<ReturnType<typeof fixtureSchema>>>().toExtend<client.Fixture>();
    expectTypeOf<Omit<KeptRule, 'rule'>>().toExtend<Omit<client.KeptLinkRule, 'rule'>>();
    expectTypeOf<EventType | 'lost'>().toEqualTypeOf<client.EmulatorEvent['type']>();
  });

  it('are those of what the emulator takes', () => {
    expectTypeOf<client.NewFault>().toExtend<Omit<FaultRule, 'id'>>();
    expectTypeOf<client.LinkRule>().toExtend<LinkRule>();
    expectTypeOf<client.RequestMatcher>().toExtend<Matcher>();
    expectTypeOf<client.Durations>().toEqualTypeOf<Durations>();
    expectTypeOf<client.Movement>().toEqualTypeOf<Movement>();
  });

  it('have the same names', () => {
    expectTypeOf<client.LinkState>().toEqualTypeOf<State>();
    expectTypeOf<client.ProfileName>().toEqualTypeOf<ProfileName>();
    expectTypeOf<client.ClientName>().toEqualTypeOf<keyof typeof CLIENTS>();
    expectTypeOf<client.Rung>().toEqualTypeOf<Rung>();
  });
});
