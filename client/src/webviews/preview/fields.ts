/** The fields of a record in the order in which the legend names them. Each has a colour in preview.css. */
const FIELDS = ['question', 'choices', 'hint', 'caption', 'image', 'lecture', 'solution', 'answer'] as const;
export type FieldName = (typeof FIELDS)[number] | 'other';

/** Where several fields went into one piece, the one that gives most away colours it. */
const MOST_TELLING: readonly FieldName[] = [...FIELDS].reverse();

/** Whose colour a piece has; null for the template's own words. */
export function colourOf(fields: readonly string[]): FieldName | null {
  if (fields.length === 0) return null;
  return MOST_TELLING.find((name) => fields.includes(name)) ?? 'other';
}

/** The colours that occur, in the legend's order, each with the fields it stands for. */
export function legendOf(pieces: readonly { readonly fields: readonly string[] }[]): [FieldName, string][] {
  const found = new Map<FieldName, Set<string>>();
  for (const { fields } of pieces) {
    const colour = colourOf(fields);
    if (!colour) continue;
    const names = found.get(colour) ?? new Set();
    for (const field of colour === 'other' ? fields : [colour]) names.add(field);
    found.set(colour, names);
  }
  return [...FIELDS, 'other' as const].flatMap((colour): [FieldName, string][] => {
    const names = found.get(colour);
    return names ? [[colour, [...names].join(', ')]] : [];
  });
}
