// The results as tables: aligned on the terminal, Markdown in a file.
import { median } from './clock.mjs';
import { show } from './heat.mjs';

const number = (value) => (value === undefined ? '' : Number(value.toPrecision(4)).toString());

const columns = {
  contender: ({ name }) => name,
  'ms per step': ({ ms }) => number(ms?.median),
  'min to max': ({ ms }) => (ms ? `${number(ms.min)} to ${number(ms.max)}` : ''),
  'GFLOP/s': ({ gigaflops }) => number(gigaflops),
  'theirs / ours': ({ ratio }) => (ratio ? `${number(ratio)} ×` : ''),
  'loss after warm-up': ({ first }) => number(first),
  'loss at the end': ({ last }) => number(last),
  'difference from ours': ({ difference }) => difference ?? '',
  configuration: ({ choice, absent }) => (absent ? '' : show(choice)),
  remark: (row) => remark(row),
};

function remark({ void: reason, absent, different, unchecked }) {
  if (reason) return `VOID: ${reason}`;
  if (absent) return `not available: ${absent}`;
  if (unchecked) return 'its product is not read back here';
  return different ? 'other arithmetic: its losses are its own' : '';
}

/** Header and rows of one work, without the columns that no row fills. */
function cells({ rows }) {
  const [ours] = rows;
  const shown = rows.map((row) => ({ ...row, difference: differences(row, ours) }));
  const filled = Object.entries(columns).filter(([, text]) => shown.some((row) => text(row)));
  return [filled.map(([title]) => title), ...shown.map((row) => filled.map(([, text]) => text(row)))];
}

/** Of the losses after the warm-up and at the end, relative to ours. */
function differences(row, ours) {
  if (row === ours || row.different || row.first === undefined || ours.first === undefined) return undefined;
  const relative = (key) => (Math.abs(row[key] - ours[key]) / ours[key]).toExponential(0);
  return `${relative('first')}, ${relative('last')}`;
}

const markdownTable = ([header, ...rows]) =>
  [header, header.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

function plainTable(table) {
  const widths = table[0].map((_, i) => Math.max(...table.map((row) => row[i].length)));
  return table
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const heading = ({ work, steps }) => `${work.name}: ${work.title} (blocks of ${steps} steps)`;

export const forTerminal = (result) => `\n${heading(result)}\n${plainTable(cells(result))}\n`;

export function forFile({ machine, rounds, results, notes }) {
  const { adapter, driver, cpu, cores, gigabytes, node, dawn, platform, date } = machine;
  const libraries = [...new Set(results.flatMap(({ rows }) => rows.map(({ library }) => library)))];
  return [
    `# Race on ${adapter}, ${date.slice(0, 10)}`,
    `${rounds} rounds in turn; median, least and most over the rounds; ratios are of medians of this run.`,
    [
      `- adapter: ${adapter}; driver: ${driver}`,
      `- machine: ${cores} × ${cpu}, ${gigabytes} GiB, ${platform}, Node ${node}, Dawn of ${dawn}; ${date}`,
      `- libraries: ${libraries.join(', ')}`,
      ...notes.map((note) => `- ${note}`),
    ].join('\n'),
    ...results.flatMap((result) => [`## ${heading(result)}`, markdownTable(cells(result))]),
  ].join('\n\n');
}

/** What a reader has to know before trusting the numbers. */
export function notesOn(results, rounds) {
  const shares = results.flatMap(({ rows }) =>
    rows.flatMap(({ blocks = [] }) => blocks.flatMap(({ others }) => others ?? [])),
  );
  const percent = (value) => `${Math.round(100 * value)} %`;
  const notes = [];
  if (shares.length) {
    const [usual, most] = [median(shares), Math.max(...shares)];
    notes.push(
      `CPU taken by other processes during a block: ${percent(usual)} in the middle, ${percent(most)} at most`,
    );
    if (usual > 0.02 || most > 0.1) notes.push('**NOT A QUIET MACHINE: these times are no measurement.**');
  }
  if (rounds < 5) notes.push('**FEWER THAN 5 ROUNDS: this shows that the race runs, not who wins it.**');
  return notes;
}
