import type { Emulator } from '../../client/index.js';

/** What a command does with a running emulator. */
export interface Command {
  /** What stands behind its name in the help. */
  readonly arguments: string;
  readonly summary: string;
  /** Lines of its help. */
  readonly details: readonly string[];
  /** Its options, each with a text; `--url` and `--help` are all commands'. */
  readonly options: readonly string[];
  readonly run: (call: CommandCall) => Promise<CommandResult>;
}

/** A command as it was called. */
export interface CommandCall {
  /** Of the emulator, without a slash at its end. */
  readonly url: string;
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, string | undefined>>;
  /** @throws {EmulatorError} if there is none */
  readonly connect: () => Promise<Emulator>;
}

/** What a command prints. */
export interface CommandResult {
  readonly stdout?: string;
  readonly stderr?: string;
}
