// The command line of the bench.
import { parseArgs } from 'node:util';
import { CASES } from './cases.js';

/** What is measured beside the cases of throughput. */
export const SECTIONS = ['budget', 'start', 'memory', 'stall', 'suite', 'inputs', 'growth', 'inspector'];

export const HELP = `npm run bench -- [options]

Compares the emulator with R (bench/reference.js), bare node:http, Prism and Mockoon in the same rounds. Requires wrk.

  --only NAMES        of cases: ${Object.keys(CASES).join(', ')};
                      of other measurements: ${SECTIONS.join(', ')}
  --rounds N          rounds (3); each ratio is within a round
  --seconds N         seconds of each run (3)
  --connections LIST  connections (10,50)
  --profiles LIST     profiles of the emulator (observed,documented)
  --no-peers          without node:http, Prism and Mockoon
  --against DIR       compares with another build too: DIR/dist
  --requests N        requests before memory is read again (1000000)
  --links N           links of the largest world (1000000)
  --out DIR           where report.json, report.svg and CPU profiles go (bench/out)
  --profile CASE      only profiles a case: shares of folders, native work and functions
  --baseline FILE     compares with the ratios of a file: at most three tries, fails below half of them
`;

const whole = (text, name) => {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name} must be a positive whole number, and is ${text}`);
  return Number(text);
};
const choices = (text, allowed, name) => {
  const chosen = text.split(',');
  const wrong = chosen.find((one) => !allowed.includes(one));
  if (wrong !== undefined) throw new Error(`--${name} has no ${wrong}; there are ${allowed.join(', ')}`);
  return chosen;
};

/** Reads the command line. @throws {Error} if an option is unknown or wrong */
export function readOptions(args) {
  const text = { type: 'string' };
  const { values } = parseArgs({
    args,
    options: {
      only: text,
      rounds: { ...text, default: '3' },
      seconds: { ...text, default: '3' },
      connections: { ...text, default: '10,50' },
      profiles: { ...text, default: 'observed,documented' },
      'no-peers': { type: 'boolean', default: false },
      against: text,
      requests: { ...text, default: '1000000' },
      links: { ...text, default: '1000000' },
      out: text,
      profile: text,
      baseline: text,
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const names = [...Object.keys(CASES), ...SECTIONS];
  const only = values.only === undefined ? names : choices(values.only, names, 'only');
  const numbers = ['rounds', 'seconds', 'requests', 'links'];
  return {
    ...values,
    ...Object.fromEntries(numbers.map((name) => [name, whole(values[name], name)])),
    cases: only.filter((name) => name in CASES),
    sections: only.filter((name) => SECTIONS.includes(name)),
    connections: values.connections.split(',').map((count) => whole(count, 'connections')),
    profiles: choices(values.profiles, ['observed', 'documented'], 'profiles'),
    profile:
      values.profile === undefined ? undefined : choices(values.profile, Object.keys(CASES), 'profile'),
  };
}
