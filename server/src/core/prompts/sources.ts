import type { DatasetRecord } from '../records/types.ts';
import { segmentsOf, unmarked } from './marks.ts';
import type { Message, Setting } from './types.ts';
import { isWithheldBy } from './variables.ts';

/** What a prompt tells of a record that its setting withholds, or that gives the answer away. */
export interface Leak {
  readonly field: 'lecture' | 'solution' | 'answer';
  /** True: the setting withholds it, so the prompt is none of its setting. False: meant so, as an upper bound is. */
  readonly isWithheld: boolean;
}

/** A piece of a text of a prompt, with what it is made of. */
export interface SourcedText {
  readonly text: string;
  /** The fields of the record that it was made of; empty: the template's own words. */
  readonly fields: readonly string[];
  /** Whether it is what a leak tells. */
  readonly isLeak: boolean;
}

/** Shorter texts may stand in a prompt by chance. */
const TELLING = 20;

/** What the prompt for a record holds, piece by piece, and what of it is a leak. */
export class PromptSources {
  readonly leaks: readonly Leak[];
  private readonly record: DatasetRecord;
  private readonly fieldOf: (name: string) => string;

  /**
   * @param messages as rendered with marks
   * @param fieldOf the field that a variable stands for
   */
  constructor(
    messages: readonly Message[],
    record: DatasetRecord,
    setting: Setting,
    fieldOf: (name: string) => string,
  ) {
    this.record = record;
    this.fieldOf = fieldOf;
    this.leaks = this.leaksOf(textsOf(messages), setting);
  }

  /** The pieces of a text of the messages. */
  of(text: string): SourcedText[] {
    return segmentsOf(text).map((segment) => {
      const fields = [...new Set(segment.names.map(this.fieldOf))];
      const isLeak = this.leaks.some(
        ({ field }) => fields.includes(field) || this.tells(segment.text, field),
      );
      return { text: segment.text, fields, isLeak };
    });
  }

  /** Through its own variable, or word by word within another field or the template. */
  private leaksOf(texts: readonly string[], setting: Setting): Leak[] {
    const names = texts.flatMap(segmentsOf).flatMap((segment) => segment.names);
    const fields = new Set(names.map(this.fieldOf));
    const whole = texts.map(unmarked).join('\n');
    const holds = (field: Leak['field']) => fields.has(field) || this.tells(whole, field);
    return (['lecture', 'solution', 'answer'] as const)
      .filter(holds)
      .map((field) => ({ field, isWithheld: field !== 'answer' && isWithheldBy(setting, field) }))
      .filter(({ field, isWithheld }) => field !== 'lecture' || isWithheld);
  }

  private tells(text: string, field: Leak['field']): boolean {
    if (field === 'answer') return false;
    const told = oneLine(this.record[field]);
    return told.length >= TELLING && oneLine(text).includes(told);
  }
}

function textsOf(messages: readonly Message[]): string[] {
  return messages.flatMap(({ content }) =>
    content.flatMap((part) => (part.type === 'text' ? [part.text] : [])),
  );
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
