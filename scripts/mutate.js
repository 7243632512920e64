/**
 * Changes the sources of a folder one place at a time, and prints which changes the tests do not notice:
 *
 *   node scripts/mutate.js FOLDER TESTS… [--count 40] [--seed 1]
 *
 * The places are chosen by the seed among all comparisons, conditions, literals and calls that TypeScript's parser finds.
 * It works in a copy of the repository. Exits with 1 if the kill rate is below 80 %.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import ts from 'typescript';

const { values, positionals } = parseArgs({
  options: { count: { type: 'string', default: '40' }, seed: { type: 'string', default: '1' } },
  allowPositionals: true,
});
const [folder, ...tests] = positionals;
const repository = join(import.meta.dirname, '..');
// What is edited meanwhile is not part of it.
const copy = mkdtempSync(join(tmpdir(), 'mutants-'));
const isCopied = (path) => path === repository || !['.git', 'node_modules'].includes(basename(path));
cpSync(repository, copy, { recursive: true, filter: isCopied });
symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'), 'dir');

const OPERATORS = {
  '===': '!==',
  '!==': '===',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '&&': '||',
  '||': '&&',
  '??': '&&',
  '+': '-',
};

/** All mutants of a file: what replaces a range of its text. */
function mutantsOf(file) {
  const text = readFileSync(join(copy, file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = [];
  const add = (node, to) => found.push({ file, start: node.getStart(source), end: node.getEnd(), to });
  const visit = (node) => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node) || ts.isInterfaceDeclaration(node)) return;
    if (ts.isBinaryExpression(node)) {
      const to = OPERATORS[node.operatorToken.getText(source)];
      if (to) add(node.operatorToken, to);
    } else if (node.kind === ts.SyntaxKind.TrueKeyword) add(node, 'false');
    else if (node.kind === ts.SyntaxKind.FalseKeyword) add(node, 'true');
    else if (ts.isNumericLiteral(node))
      add(node, String(Number(node.getText(source).replaceAll('_', '')) + 1));
    else if (ts.isStringLiteral(node) && !ts.isLiteralTypeNode(node.parent) && node.text !== '')
      add(node, "''");
    else if (ts.isIfStatement(node)) add(node.expression, `!(${node.expression.getText(source)})`);
    else if (ts.isExpressionStatement(node) && ts.isCallExpression(node.expression)) add(node, ';');
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

const files = readdirSync(join(copy, folder))
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join(folder, name));
const all = files.flatMap(mutantsOf);
const random = randomFrom(Number(values.seed));
const chosen = all
  .map((mutant) => [random(), mutant])
  .sort(([one], [other]) => one - other)
  .slice(0, Number(values.count));

const left = [];
try {
  const pass = () =>
    spawnSync(
      'npx',
      ['vitest', 'run', '--bail', '1', '--testTimeout', '60000', '--reporter', 'dot', ...tests],
      {
        cwd: copy,
        timeout: 120_000,
      },
    ).status === 0;
  if (!pass()) throw new Error('the tests fail without a mutant');
  for (const [, { file, start, end, to }] of chosen) {
    const text = readFileSync(join(copy, file), 'utf8');
    writeFileSync(join(copy, file), text.slice(0, start) + to + text.slice(end));
    if (pass()) {
      const line = text.slice(0, start).split('\n').length;
      left.push(`${file}:${line}: ${text.slice(start, end)} → ${to}`);
      console.log(left.at(-1));
    }
    writeFileSync(join(copy, file), text);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
const killed = chosen.length - left.length;
const rate = Math.floor((killed / chosen.length) * 100);
console.log(
  `seed ${values.seed}: ${killed} of ${chosen.length} mutants killed (${rate} %), of ${all.length} that there are`,
);
if (rate < 80) process.exitCode = 1;
