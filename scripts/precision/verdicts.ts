/** What a person who read real outputs one by one said of the rules, kept by file and row. */
import { readFileSync } from 'node:fs';
import type { RealOutput } from './real-outputs.ts';

/** Rows by file. */
export type Rows = Readonly<Record<string, readonly number[]>>;

/** Of the outputs that were read for a rule: those that deserve its finding, those that do not, and its known mistakes. */
export interface Verdicts {
  readonly deserve: Rows;
  readonly not: Rows;
  /** Rows of either list on which the rule is known to be wrong. */
  readonly mistakes: Rows;
}

export interface Precision {
  readonly rule: string;
  /** Outputs read that the rule speaks on. */
  readonly hits: number;
  /** Of these, those that deserve it. */
  readonly right: number;
  /** Outputs read that the rule passes over. */
  readonly nonHits: number;
  /** Of these, those that deserve the finding. */
  readonly missed: number;
  /** `file row` of every mistake that is not among the known ones. */
  readonly newMistakes: readonly string[];
}

const FILE = new URL('../../test/cases/rule-verdicts.json', import.meta.url);

/** The verdicts by rule. */
export function readVerdicts(): Readonly<Record<string, Verdicts>> {
  return JSON.parse(readFileSync(FILE, 'utf8'));
}

/** Holds a rule, as it is now, to what was said of the outputs. */
export function precisionOf(rule: string, verdicts: Verdicts, outputs: readonly RealOutput[]): Precision {
  const speaks = new Map(
    outputs.map((output) => [nameOf(output), output.findings.some((finding) => finding.rule === rule)]),
  );
  const deserve = named(verdicts.deserve);
  const not = named(verdicts.not);
  const wrong = not.filter((name) => speaks.get(name));
  const missed = deserve.filter((name) => !speaks.get(name));
  const known = new Set(named(verdicts.mistakes));
  const right = deserve.length - missed.length;
  return {
    rule,
    hits: right + wrong.length,
    right,
    nonHits: not.length - wrong.length + missed.length,
    missed: missed.length,
    newMistakes: [...wrong, ...missed].filter((name) => !known.has(name)),
  };
}

/** The table for people, in Markdown. */
export function precisionTable(rows: readonly Precision[]): string {
  const lines = rows.map(({ rule, hits, right, nonHits, missed }) => {
    const precision = hits === 0 ? '–' : `${Math.round((right / hits) * 100)} %`;
    return `| \`${rule}\` | ${hits} | ${right} | ${precision} | ${nonHits} | ${missed} |`;
  });
  return `| rule | hits read | right | precision | non-hits read | missed |\n| --- | ---: | ---: | ---: | ---: | ---: |\n${lines.join('\n')}\n`;
}

function named(rows: Rows): string[] {
  return Object.entries(rows).flatMap(([file, numbers]) => numbers.map((row) => nameOf({ file, row })));
}

function nameOf({ file, row }: { readonly file: string; readonly row: number }): string {
  return `${file} ${row}`;
}
