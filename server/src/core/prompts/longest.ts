import type { DatasetRecord } from '../records/types.ts';

/** Records that are tried for each kind: tokens and characters do not rank records quite alike. */
const TRIED = 3;

/**
 * The records whose prompts are likely the longest: those with the most characters in the fields that the template
 * asks for, separately with and without an image, whose tokens no character counts.
 *
 * @param fields that the template asks for
 */
export function longestRecords<Source extends { readonly record: DatasetRecord }>(
  sources: Iterable<Source>,
  fields: ReadonlySet<string>,
): Source[] {
  const measured = TEXTS.filter((field) => fields.has(field));
  const hasChoices = fields.has('choices');
  const [plain, pictured] = [new Longest<Source>(), new Longest<Source>()];
  for (const source of sources) {
    const { record } = source;
    let length = hasChoices ? choicesLength(record) : 0;
    for (const field of measured) length += record[field].length;
    (fields.has('image') && record.image !== null ? pictured : plain).offer(source, length);
  }
  return [...plain.sources, ...pictured.sources];
}

/** Fields that are texts, the id aside. */
export const TEXTS = [
  ...(['question', 'hint', 'caption', 'lecture', 'solution', 'task'] as const),
  ...(['grade', 'subject', 'topic', 'category', 'skill'] as const),
];

function choicesLength({ choices }: DatasetRecord): number {
  let length = 0;
  for (const choice of choices) length += choice.length;
  return length;
}

/** The longest so far, the longest first. */
class Longest<Source> {
  private readonly kept: { readonly source: Source; readonly length: number }[] = [];

  offer(source: Source, length: number): void {
    const last = this.kept[TRIED - 1];
    if (last && length <= last.length) return;
    const place = this.kept.findIndex((other) => other.length < length);
    this.kept.splice(place === -1 ? this.kept.length : place, 0, { source, length });
    this.kept.length = Math.min(this.kept.length, TRIED);
  }

  get sources(): Source[] {
    return this.kept.map(({ source }) => source);
  }
}
