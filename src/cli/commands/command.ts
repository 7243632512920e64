import type { Emulator } from '../../client/index.js';
import { UsageError } from '../../exit.js';
import type { Environment } from '../variables.js';

/** A command that calls a running emulator. Its help is a file of `fixtures/help/`. */
export interface Command {
  /** It takes arguments besides its options. */
  readonly allowPositionals?: true;
  /** Its options, with a text or without; every command has `--url` and `--help`. */
  readonly options: Readonly<Record<string, 'string' | 'boolean'>>;
  /** Options that can be given more than once. */
  readonly lists?: readonly string[];
  /** Returns what to print. */
  readonly run: (call: CommandCall) => Promise<string | Report>;
}

/** A command that needs no running emulator. */
export interface LocalCommand {
  /** The argument that it requires, for messages. */
  readonly takes?: string;
  /** Its options, with a text or without. */
  readonly options: Readonly<Record<string, 'string' | 'boolean'>>;
  /** Returns what to print. */
  readonly run: (call: LocalCall) => Promise<string | Report>;
}

/** A call of a local command. */
export interface LocalCall extends Pick<CommandCall, 'options'> {
  readonly argument: string;
  readonly env: Environment;
}

/** What a command prints on standard output, and the exit status. */
export interface Report {
  readonly text: string;
  readonly status: number;
}

/** A call of a command. */
export interface CommandCall {
  /** The emulator's address, without a slash at the end. */
  readonly url: string;
  readonly positionals: readonly string[];
  /** One without a text is `true` if it is given. */
  readonly options: Readonly<Record<string, string | undefined>>;
  /** The texts of the options that can be given more than once. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  /** @throws {EmulatorError} if there is no emulator */
  readonly connect: () => Promise<Emulator>;
}

/** The number of an option. @param flag such as `why: --limit` @throws {UsageError} */
export function numberOf(text: string, flag: string, from: number, to: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= from && value <= to) return value;
  const range = `a whole number from ${from} to ${to}`;
  throw new UsageError(`${flag} must be ${range}, and is ${JSON.stringify(text)}`);
}
