import { quote } from '../../text.ts';
import type { RecordRule } from '../types.ts';

const PICTURE = '(?:picture|image|photo|photograph|diagram|map|graph|chart|figure|drawing|illustration)s?';
/** What stands in for a picture, or for what it shows, and is text. */
const TEXT =
  '(?!(?:\\w+ )?(?:table|text|passage|sentence|paragraph|poem|quote|equation|expression|formula|code|list|word)s?\\b)';
const SENTENCE = '\\b(?<=^|[.?!:]\\s+|\\n)';

/** How a text points at a picture. "Figure of speech", "have shown" and "the table below" do not. */
const POINTERS = new RegExp(
  [
    `(?:${SENTENCE}|\\b(?:and|then),? )(?:look at|use|study|examine|observe|see|refer to) (?:the|this|these|each) (?:\\w+ )?${PICTURE}\\b(?! of speech)`,
    `\\b(?:based on|according to) (?:the|this|these) (?:\\w+ )?${PICTURE}\\b(?! of speech)`,
    `\\b(?:the|this|these|following|each) (?:\\w+ )?${PICTURE} (?:below|above|here|shows?|to the (?:left|right))\\b`,
    `\\b(?:in|from) (?:the|this|these) (?:picture|photo|photograph|diagram|figure|drawing|illustration)s?\\b(?= *[.,?!])`,
    `${SENTENCE}in the image,`,
    `${SENTENCE}figure(?: \\d+)?:`,
    '\\b(?:see|in|from) (?:fig\\.|figure) ?\\d+',
    '\\bshown(?<!\\b(?:have|has|had|been) shown)(?= *[.?])',
    `\\b${TEXT}\\w+ shown (?:below|above|here)\\b`,
    `\\bwhich ${TEXT}(?:\\w+ ){1,3}(?:is|are) (?:highlighted|shaded|circled|outlined|pictured)\\b`,
    '\\b(?:shown|read|does) (?:by |on )?this (?:thermometer|clock|ruler|scale|gauge|protractor)\\b',
  ].join('|'),
  'i',
);
/** One of these is in every pointer. Most texts have none and need no closer look, which costs five times as much. */
const SIGNS = new RegExp(
  [
    `(?:the|this|these|following|each) (?:\\w+ )?${PICTURE}`,
    'fig(?:ure|\\.)|shown|highlighted|shaded|circled|outlined|pictured',
    'this (?:thermometer|clock|ruler|scale|gauge|protractor)',
  ].join('|'),
  'i',
);
/** Columns on two lines: what the text calls its table, chart or graph is written out. */
const WRITTEN_TABLE = /[|\t].*\n.*[|\t]/;

export const imageNeeded: RecordRule = {
  id: 'image-needed',
  scope: 'record',
  severity: 'warning',
  reads: ['question', 'hint', 'image'],
  docs: {
    what: 'A record whose question or context points at a picture ("the map below", "Figure: …", "as shown"), and that has no image.',
    why: 'Nobody can answer it but by guessing: it adds noise to every accuracy, and teaches a student to make up what it sees.',
    example:
      '"7": { "question": "Look at the picture. Which word best describes it?", "choices": ["soft", "hard"], "answer": 0, "image": null }',
    fix: 'Put the image back ("image" is its file name), say in words what it shows, or leave the record out.',
  },
  check({ source }) {
    const { question, hint, image, conversation } = source.record;
    const hasImage = image !== null || (conversation?.images ?? 0) > 0;
    if (hasImage || !(SIGNS.test(question) || SIGNS.test(hint))) return [];
    if (WRITTEN_TABLE.test(`${question}\n${hint}`)) return [];
    for (const [field, text] of Object.entries({ question, hint })) {
      const [pointer] = POINTERS.exec(text) ?? [];
      if (!pointer) continue;
      return [
        {
          message: `The text points at a picture (${quote(pointer, 40)}), but the record has no image.`,
          span: source.fields.get(field)?.value ?? source.idSpan,
          field,
          evidence: pointer,
        },
      ];
    }
    return [];
  },
};
