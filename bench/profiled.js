// An emulator of the library, whose modules are separate, so that a profile says which of them takes the time; the command is
// a bundle. The parent says when the profile begins and ends: without start, filling and warm-up.
// node bench/profiled.js INDEX --db FILE --fixture FILE
import { Session } from 'node:inspector/promises';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { db: { type: 'string' }, fixture: { type: 'string' } },
  allowPositionals: true,
});
const { startEmulator } = await import(positionals[0]);
const emulator = await startEmulator({ ...values, port: 0, logLevel: 'warn' });
const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.setSamplingInterval', { interval: 200 });

process.on('message', (command) => {
  void session.post(`Profiler.${command}`).then((result) => process.send(result?.profile ?? {}));
});
process.on('SIGTERM', () => {
  void emulator.close().then(() => process.exit(0));
});
console.log(JSON.stringify({ url: emulator.url }));
