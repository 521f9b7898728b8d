import type { Span } from '../../span.ts';

/** A number as it is printed: rounded to its last digit. */
export interface PrintedNumber {
  readonly value: number;
  /** Half a unit of the last digit: what rounding may have moved it by, in its own unit. */
  readonly slack: number;
  /** Digits behind the point. */
  readonly digits: number;
  /** True when a percent sign follows. */
  readonly isPercent: boolean;
  /** True when a deviation follows, as in `84.2 ± 0.3`: it is a mean of several runs. */
  readonly isMean: boolean;
}

export interface TableCell {
  /** As a person reads it, without emphasis. */
  readonly text: string;
  /** In the file's text. */
  readonly span: Span;
  /** Null when it is none. */
  readonly number: PrintedNumber | null;
}

export interface TableRow {
  readonly cells: readonly TableCell[];
  /** The first cell that is a word: what the row is called. */
  readonly label: string;
  /** What the label says that the row is: a result, the mean of those above, or some other summary of them. */
  readonly kind: 'result' | 'mean' | 'overall' | 'summary';
}

/** What a column holds. Columns whose other words are the same belong together: `ROUGE-1 P` and `ROUGE-1 F1`. */
export interface TableColumn {
  readonly index: number;
  readonly title: string;
  readonly measure: 'precision' | 'recall' | 'f1' | 'accuracy' | 'n' | null;
  /** The words that do not name the measure. */
  readonly group: string;
  /** What a whole is: 100 where numbers are percentages, else 1. */
  readonly whole: 1 | 100;
}

/** A table of results with a line of headings. */
export interface ResultsTable {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly TableRow[];
}

/** The tables of a file, and one sentence for each place that could not be read. */
export interface ReadTables {
  readonly tables: readonly ResultsTable[];
  readonly problems: readonly { readonly message: string; readonly offset: number }[];
}
