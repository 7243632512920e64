// Loaded into the emulator with --import: its time moves with its requests only, and they name the standard
// port, so that each run is the same.
import { Server } from 'node:http';

let now = Date.parse('2027-01-15T09:00:00Z');
let ticks = 0;
const { emit } = Server.prototype;

Date.now = () => now;
performance.now = () => (ticks += 0.23);
Server.prototype.emit = function (event, ...rest) {
  if (event === 'request' && !rest[0].url.startsWith('/_emulator')) {
    now += 43;
    rest[0].headers.host = '127.0.0.1:27080';
  }
  return emit.call(this, event, ...rest);
};
