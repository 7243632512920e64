/** The outcome of a row. A client without checks has not passed. */
function outcome({ passed, failed, note }) {
  if (failed > 0) return 'FAILED';
  return note === '' && passed > 0 ? 'passed' : 'not run';
}

/** Prints the rows and how many of each outcome there are; returns whether none failed. */
export function printTable(rows) {
  const lines = [
    ['client', 'version', 'what it did', 'findings of check', 'result'],
    ...rows.map((row) => {
      const checks = `${row.passed} passed${row.failed > 0 ? `, ${row.failed} failed` : ''}`;
      const why = row.note === '' ? '' : `: ${row.note.split('\n')[0]}`;
      const result = outcome(row);
      return [
        row.client,
        row.version,
        row.did,
        row.found.sort().join(', '),
        result === 'passed' ? checks : result === 'not run' ? `not run${why}` : `FAILED, ${checks}${why}`,
      ];
    }),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column].length)));
  console.log('');
  for (const line of lines) {
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
  const count = (name) => rows.filter((row) => outcome(row) === name).length;
  console.log(`\nclients: ${count('passed')} passed, ${count('FAILED')} failed`);
  if (count('not run') > 0) console.log(`not run: ${count('not run')}`);
  return count('FAILED') === 0;
}
