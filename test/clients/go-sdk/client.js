import { scripted } from '../support/kinds.js';
import { must } from '../support/programs.js';

const streams = 'service account and key: every private link operation, typed errors on each status';

const release = (version, did, folder, page) =>
  scripted({
    name: `go-sdk/${version}`,
    breaks: folder === './streams' ? ['missingAttribute', 'notPermitted', 'projectNotFound'] : [],
    page,
    did,
    async build(cwd) {
      const program = `./${version}.program`;
      // The first build compiles the whole SDK.
      await must('go', ['build', '-mod=readonly', '-tags', version, '-o', program, folder], {
        cwd,
        limit: 900,
      });
      return { version: `${version}.0.0`, command: [program], paste: ['go', 'run', 'page.go'] };
    },
  });

export default [
  release('v20240530005', 'key: lists projects; a link through its HTTP client', './v20240530005'),
  release('v20241113005', streams, './streams'),
  release('v20250312020', streams, './streams', 'go.mongodb.org/atlas-sdk/v20250312020/admin'),
];
