/** The cases of each op: of an op `x`, what `xCases` in the same file gives. */
import type { Case, Op } from '../../src/graph/op.ts';
import { whenDue } from '../../src/ops/accumulate.ts';
import { updates } from '../../src/ops/index.ts';

const files = import.meta.glob<Record<string, unknown>>('../../src/ops/*.ts', { eager: true });

const known = new Map<Op, readonly Case[]>(
  Object.values(files).flatMap((file) =>
    Object.entries(file).flatMap(([name, value]) => {
      const cases = file[`${name}Cases`] as (() => readonly Case[]) | undefined;
      return cases ? [[value as Op, cases()] as const] : [];
    }),
  ),
);
for (const op of updates) {
  const cases = known
    .get(op)!
    .flatMap((example) =>
      [0, 1].map((due) => ({ ...example, shapes: [...example.shapes.filter(Boolean), null], step: { due } })),
    );
  known.set(whenDue(op), cases);
}

export const casesOf = (op: Op): readonly Case[] => known.get(op) ?? [];
