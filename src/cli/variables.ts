/** Variables, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The prefix of the emulator's variables. */
export const PREFIX = 'ATLAS_EMULATOR_';

/**
 * Names of variables that orchestrators set for a service or container whose name begins with `atlas-emulator`:
 * Kubernetes for each Service of the namespace (service links), Docker for each link of a container.
 */
const INJECTED = /_(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?|ENV_.+)$/;

/** Names of theirs that can be names of settings too; the values tell. */
const INJECTED_VALUES = [
  [/_PORT$/, /^(?:tcp|udp|sctp):\/\//],
  [/_NAME$/, /^\/[^/]+\/[^/]+$/],
] as const;

/** The variables that configure the emulator: without those that are blank, and those that an orchestrator sets. */
export function ownVariables(env: Environment): Environment {
  const own = Object.entries(env).filter(
    ([name, value = '']) =>
      name.startsWith(PREFIX) &&
      value.trim() !== '' &&
      !INJECTED.test(name) &&
      !INJECTED_VALUES.some(([names, values]) => names.test(name) && values.test(value)),
  );
  return Object.fromEntries(own);
}
