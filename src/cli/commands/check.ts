import { writeFileSync } from 'node:fs';
import { EmulatorError, type CheckOptions } from '../../client/index.js';
import { Exit, STATUS, UsageError } from '../../exit.js';
import { CHECK_FORMATS, SEVERITIES } from '../../contract/client/check-report.js';
import * as coverageReport from '../../contract/client/coverage-report.js';
import type { Command, CommandCall } from './command.js';

/** Prints what clients have done wrong. */
export const check: Command = {
  options: { project: 'string', format: 'string', ignore: 'string', expect: 'string', 'fail-on': 'string' },
  lists: ['ignore', 'expect'],
  async run(call) {
    const { options, values } = call;
    const format = choose(CHECK_FORMATS, 'check: --format', options.format ?? 'table');
    const failOn = SEVERITIES.find((one) => one === (options['fail-on'] ?? 'error'));
    if (!failOn) {
      const sent = JSON.stringify(options['fail-on']);
      throw new UsageError(`check: --fail-on must be one of ${SEVERITIES.join(', ')}, and is ${sent}`);
    }
    const wanted: CheckOptions = { ignore: values.ignore ?? [], expect: values.expect ?? [], failOn };
    const report = await ask(call, (contract) => contract.check(wanted));
    return { text: format(report, failOn), status: report.passed ? 0 : STATUS.failed };
  },
};

/** Prints what requests have exercised of what is emulated. */
export const coverage: Command = {
  options: { project: 'string', format: 'string', min: 'string', html: 'string' },
  lists: ['min'],
  async run(call) {
    const { options, values, url } = call;
    const format = choose(coverageReport.COVERAGE_FORMATS, 'coverage: --format', options.format ?? 'table');
    const thresholds = new Map((values.min ?? []).map(thresholdOf));
    const report = await ask(call, (contract) => contract.coverage());
    if (options.html !== undefined) {
      const title = `Coverage of ${options.project === undefined ? url : `project ${options.project}`}`;
      write(options.html, coverageReport.coveragePage(report, title));
    }
    const isShort = coverageReport.shortOf(report, thresholds).length > 0;
    return { text: format(report, thresholds), status: isShort ? STATUS.failed : 0 };
  },
};

type Contract = Awaited<ReturnType<CommandCall['connect']>>['contract'];

/** Asks the emulator, or one of its projects. @throws {Exit} with the status 2 if there is no answer */
async function ask<T>({ connect, options }: CommandCall, question: (of: Contract) => Promise<T>): Promise<T> {
  try {
    const emulator = await connect();
    const { contract } =
      options.project === undefined ? emulator : await emulator.projectById(options.project);
    return await question(contract);
  } catch (error) {
    if (!(error instanceof EmulatorError)) throw error;
    throw new Exit(STATUS.usage, error.message);
  }
}

/** A threshold: `80` of all, or `fields=80`. @throws {UsageError} */
function thresholdOf(text: string): [coverageReport.ShareName, number] {
  const [, given = 'all', percent = ''] = /^(?:(\w+)=)?(\d{1,3})$/.exec(text) ?? [];
  const name = coverageReport.SHARES.find((one) => one === given);
  if (name !== undefined && percent !== '' && Number(percent) <= 100) return [name, Number(percent)];
  const names = coverageReport.SHARES.join(', ');
  throw new UsageError(
    `coverage: --min must be a percentage such as 80, or such as fields=80 (${names}), and is ${JSON.stringify(text)}`,
  );
}

/** One of some formats. @throws {UsageError} */
function choose<T>(formats: Readonly<Record<string, T>>, flag: string, name: string): T {
  const format = Object.hasOwn(formats, name) ? formats[name] : undefined;
  if (format !== undefined) return format;
  const names = Object.keys(formats).join(', ');
  throw new UsageError(`${flag} must be one of ${names}, and is ${JSON.stringify(name)}`);
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new UsageError(`coverage: --html: ${path} cannot be written: ${(error as Error).message}`);
  }
}
