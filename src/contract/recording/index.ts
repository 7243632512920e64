export { credentialsOf } from './caller.js';
export { cleanUp, LINKS_CREATED, record } from './recorder.js';
export { readRecording } from './recording.js';
export { reportOf, summaryOf } from './report.js';
export { verify } from './verify.js';
