// Faults to put into a file, one at a time: what `npm run mutate` tries the tests on. TypeScript is changed by its syntax tree,
// WGSL by its text. A mutant is { start, end, line, old, new }: `new` in place of `old`, which is text.slice(start, end).
import ts from 'typescript';
import { parseSync } from 'vite';

const swapped = (pairs) => Object.fromEntries([...pairs, ...pairs.map(([a, b]) => [b, a])]);

const operators = {
  ...swapped([
    ['+', '-'],
    ['*', '/'],
    ['<', '<='],
    ['>', '>='],
    ['===', '!=='],
    ['==', '!='],
    ['&&', '||'],
    ['+=', '-='],
    ['*=', '/='],
    ['++', '--'],
    ['<<', '>>'],
    ['&', '|'],
  ]),
  '>>>': '<<',
  '%': '*',
  '**': '*',
  '??': '&&',
};
const methods = swapped([
  ['max', 'min'],
  ['floor', 'ceil'],
  ['some', 'every'],
]);

/** The faults of a file, in the order in which they stand in it. What does not parse is none: any test at all would fail. */
export function mutantsOf(file, text) {
  const found = file.endsWith('.wgsl')
    ? wgsl(text)
    : typescript(file, text).filter((fault) => parseSync(file, mutated(text, fault)).errors.length === 0);
  const lineAt = (start) => text.slice(0, start).split('\n').length;
  return found
    .map(({ start, end, by }) => ({ start, end, line: lineAt(start), old: text.slice(start, end), new: by }))
    .sort((a, b) => a.start - b.start || a.end - b.end || (a.new < b.new ? -1 : 1));
}

/** The text with a fault in it. */
const mutated = (text, { start, end, by }) => text.slice(0, start) + by + text.slice(end);

export const mutate = (text, { start, end, new: by }) => mutated(text, { start, end, by });

/** Whether errors of a test say that a shader does not compile: in itself, in a cause, or in what a process printed. */
export const isUncompiled = (errors) =>
  errors.some(
    ({ name, message = '', cause }) =>
      name === 'ShaderError' || message.includes('the shader failed to compile') || (cause && isUncompiled([cause])),
  );

/** A whole number one more; any other twice. */
const otherNumber = (text) => {
  const [, digits, suffix] = /^(.*?)([uif]?)$/.exec(text);
  if (/^\d+$/.test(digits)) return `${Number(digits) + 1}${suffix}`;
  return `(2.0 * ${text})`;
};

function typescript(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = [];
  const replace = (node, by) => found.push({ start: node.getStart(source), end: node.getEnd(), by });
  const condition = (node) => {
    for (const by of ['true', 'false']) if (node.getText(source) !== by) replace(node, by);
  };
  const visit = (node) => {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    // What the tests of an op take is part of them.
    if ((ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node)) && /cases$/i.test(node.name.text)) return;
    if (ts.isBinaryExpression(node)) {
      const by = operators[node.operatorToken.getText(source)];
      const joinsText = [node.left, node.right].some(
        (side) => ts.isStringLiteralLike(side) || ts.isTemplateExpression(side),
      );
      if (by && !(by === '-' && joinsText)) replace(node.operatorToken, by);
    } else if (ts.isPrefixUnaryExpression(node)) {
      if ([ts.SyntaxKind.ExclamationToken, ts.SyntaxKind.MinusToken].includes(node.operator))
        replace(node, node.operand.getText(source));
    } else if (ts.isPostfixUnaryExpression(node)) {
      const end = node.getEnd();
      found.push({ start: end - 2, end, by: operators[text.slice(end - 2, end)] });
    } else if (ts.isNumericLiteral(node)) replace(node, otherNumber(node.getText(source)));
    else if (node.kind === ts.SyntaxKind.TrueKeyword) replace(node, 'false');
    else if (node.kind === ts.SyntaxKind.FalseKeyword) replace(node, 'true');
    else if (ts.isIfStatement(node)) condition(node.expression);
    else if (ts.isConditionalExpression(node)) condition(node.condition);
    else if (ts.isWhileStatement(node)) replace(node.expression, 'false');
    else if (ts.isExpressionStatement(node)) replace(node, ';');
    else if (ts.isPropertyAccessExpression(node) && Object.hasOwn(methods, node.name.text))
      replace(node.name, methods[node.name.text]);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** What stands between spaces is an operator of an expression; `<` of a type does not. */
function wgsl(text) {
  const code = text.replace(/\/\/.*/g, (comment) => ' '.repeat(comment.length));
  const found = [];
  const each = (pattern, by) => {
    for (const match of code.matchAll(pattern)) {
      const start = match.index + match[0].indexOf(match[1]);
      for (const other of [by(match[1])].flat())
        if (other) found.push({ start, end: start + match[1].length, by: other });
    }
  };
  each(/ (\S{1,2})(?= )/g, (operator) => (Object.hasOwn(operators, operator) ? operators[operator] : undefined));
  each(/(?<![\w.])(\d[\d.]*(?:e-?\d+)?[uif]?)(?![\w.])/g, otherNumber);
  each(/\b(max|min|floor|ceil)\(/g, (name) => methods[name]);
  each(/\bif \((.+)\) \{/g, () => ['true', 'false']);
  each(/^ +([a-zA-Z_][\w.[\] +*]* [-+*]?= [^;]*;)/gm, (statement) =>
    /^(let|var|const) /.test(statement) ? undefined : ';',
  );
  return found;
}

/** `count` of the list, the same ones for the same seed (mulberry32, Fisher and Yates), in the order of the list. */
export function sample(list, count, seed) {
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const order = list.map((_, i) => i);
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  const chosen = order.slice(0, count).sort((a, b) => a - b);
  return chosen.map((i) => list[i]);
}
