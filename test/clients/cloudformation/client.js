import { join } from 'node:path';
import { scripted } from '../support/kinds.js';
import { must, NotRun } from '../support/programs.js';

export default scripted({
  name: 'cloudformation',
  breaks: ['missingAttribute', 'notPermitted', 'projectNotFound'],
  optional: true,
  did: "handler's contract, key: create, read, list, delete, errors",
  async build(cwd) {
    // AWS runs the handler; it is published as source.
    const handler = process.env.CFN_HANDLER;
    if (!handler) {
      throw new NotRun('CFN_HANDLER names no handler of MongoDB::Atlas::StreamPrivatelinkEndpoint');
    }
    const subject = ['-subj', '/CN=stand-in', '-addext', 'subjectAltName=DNS:*.us-east-1.amazonaws.com'];
    const files = ['-keyout', join(cwd, 'key.pem'), '-out', join(cwd, 'cert.pem')];
    await must('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      ...subject,
      ...files,
    ]);
    return {
      version: process.env.CFN_HANDLER_VERSION ?? 'of CFN_HANDLER',
      command: ['node', 'run.js', handler],
    };
  },
});
