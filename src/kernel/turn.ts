// Node's own, whatever a test has put in place of the global ones: with fake timers nothing would be committed, swept or
// moved on.
export { clearImmediate, setImmediate } from 'node:timers';
