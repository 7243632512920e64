/** Reads when a request meets each condition: the JSDoc of its declaration, for docs/errors.md. */
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';

const SOURCES = new URL('../src/', import.meta.url);

/**
 * The text of each condition that is declared with `defineCondition`, by name.
 *
 * @returns {ReadonlyMap<string, string>}
 * @throws {Error} if a declaration has no JSDoc
 */
export function conditionTexts() {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((one) =>
    one.endsWith('.ts'),
  );
  return new Map(files.flatMap(textsIn));
}

function textsIn(file) {
  const text = readFileSync(new URL(file, SOURCES), 'utf8');
  if (!text.includes('defineCondition(')) return [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return source.statements.filter(ts.isVariableStatement).flatMap((statement) => {
    const call = statement.declarationList.declarations[0]?.initializer;
    if (!call || !ts.isCallExpression(call) || call.expression.getText() !== 'defineCondition') return [];
    const name = call.arguments[0].text;
    const [doc] = ts.getJSDocCommentsAndTags(statement);
    if (!doc) throw new Error(`the condition ${name} has no JSDoc that says when a request meets it`);
    return [[name, ts.getTextOfJSDocComment(doc.comment).replace(/\s+/g, ' ')]];
  });
}
