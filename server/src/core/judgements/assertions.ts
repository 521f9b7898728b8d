import type { Span } from '../span.ts';
import { type Name, nameAt, type Passage } from './name.ts';
import { ANSWER, CORRECT, IS, OPTION, UNSPACED, UNSPACED_IS } from './words.ts';

const SUBJECT = String.raw`(?:${ANSWER})(?: (?:${CORRECT}))?|conclusion|my choice|richtig|(?:(?:${CORRECT})|most \p{L}{4,12}) (?:one|${OPTION})|(?:${OPTION}) (?:${CORRECT})|(?:option|choice) (?:that|which) (?:(?!\b(?:not|never|least|incorrect|wrong)\b|n['’]t)[^.\n:]){1,80}?|correct [\p{L}-]{2,20}(?: [\p{L}-]{2,20})?|best (?:estimate|description|explanation)`;
const OF_WHAT = String.raw`(?:\s+(?:to|for|here|in|of)\b[^.\n:]{0,60}?)?`;
const THAT = String.raw`(?:\s*(?:that|the (?:option|choice|letter)|la|el|le|die|der|l['’](?=\p{L})|(?:most )?(?:likely|probably)|indeed|clearly|definitely|(?:the|an?)(?=\s+[A-Z][.)]?\s*(?:$|\n)))(?=\s))?\s*[*_]*`;
/** What stands between a label and the answer. */
const SEPARATOR = String.raw`[:=—\]]|\s[-–](?=\s)|[-=]>|→`;
/** A capital letter that is no word. */
const LETTER = String.raw`[*_"'“‘(\[]{0,4}[A-Z](?![\p{L}\p{N}'’])`;
/** "Answer:", "The correct answer is", "the best option would be", "答案是", "I choose". */
const LABEL = new RegExp(
  [
    String.raw`(?<![\p{L}\p{N}])(?:${SUBJECT})${OF_WHAT}["'*_]*\s{0,8}(?:(?<!\p{L})(?:${IS})(?![\p{L}\p{N}])|${SEPARATOR})\s{0,4}[:]?${THAT}`,
    String.raw`${UNSPACED}["'*_]*\s{0,8}(?:${UNSPACED_IS}|[:=\]])\s*[:]?\s*[*_]*`,
    String.raw`(?:选择?|選擇?|选|選)\s*(?=[("*]*[A-Z0-9](?![a-z0-9]))`,
    String.raw`(?<![\p{L}])(?:I|we)(?:['’]d| would| will)? (?:choose|select|pick|chose|go with)\s+`,
    String.raw`(?<![\p{L}])c['’]est\s+(?:la\s+)?(?=(?:l['’])?(?:r[ée]ponse|option)\s)`,
    String.raw`(?<![\p{L}])(?:I|we)(?:['’]d| would)? (?:say|guess)\s+`,
    String.raw`(?<![\p{L}])(?:so|thus|therefore|hence),?\s+(?=(?:yes|no|true|false)[.!]?\s*$)`,
    String.raw`(?:उत्तर|cevap)\s+(?=${LETTER})`,
    String.raw`(?:^|\n)[ \t]*(?:#{1,6}|\*\*)[ \t]*(?:(?:${CORRECT}) )?(?:${ANSWER})[ \t:*_]*\n+`,
    String.raw`(?<![\p{L}])(?:(?:it|this|that)(?: is|['’]s)|(?:I|we)(?:['’]d| would)? (?:think|believe|guess|say)|(?:most )?(?:probably|likely)|so|thus|therefore|hence|(?:corresponds? to|match(?:es)?)(?: (?:option|choice|letter|answer))?)[,:]?\s+(?=${LETTER}[*_"'”’)\].]*\s*$)`,
    String.raw`(?<![\p{L}])(?:thus|therefore|hence)[,:]\s+(?=${LETTER}[.)])`,
  ].join('|'),
  'giu',
);
/** How a mathematical solution ends. */
const BOX = /\\boxed\{/g;
/** A label that is a line's first word and ends in a colon. */
const FIELD = new RegExp(`^(?:${ANSWER}|${UNSPACED})["'*_]*\\s{0,8}:`, 'iu');
const LINE_START = /(?:^|\n)[\s*_#>-]*(?:(?:final|correct|my) )?$/i;
/** What turns a label into something else: "not the answer: …", "If the answer is …", "an incorrect answer is …". */
const UNSAID =
  /(?:\b(?:not|never|if|whether|unless|why|incorrect|wrong|other|either|each|every|possible)|n['’]t)(?:\s+(?:true|correct|right|clear|that|the|an?|be|as|my|your))*["'’\s]*$/i;
/** "17 fluid ounces is the best estimate: …": what comes behind the colon are the reasons. */
const PREDICATE = /(?<!\b(?:[Hh]ere|[Tt]his) )\b(?:is|are|as) (?:the|an?|our|your) $/;
/** "B is correct", "attract is the right answer". */
const VERDICT =
  /\s(?:is|would be)\s(?:(?:the\s)?(?:correct|right|best)|the answer)\b(?!\s(?:if|when|only|in)\b)|\s?(?:是|为)正确/gi;
/** An output that announces more answers than this is a loop, and would cost time. */
const MOST = 500;
/** How far back the subject of a verdict may begin, in characters. */
const LONGEST_SUBJECT = 400;
const CONNECTIVE =
  /[\s*_]*(?:(?:so|thus|therefore|hence|then|clearly|finally|because of this|overall|and)\b,?\s*)*(?:that\s+)?/iy;

/**
 * Every choice the passage says is the answer, in the order of the text: by a label ("The answer is B.",
 * "Answer: (1)") or by a verdict ("Option B is correct."). A denied or conditional one is none: "The answer is
 * not B", "B is wrong", "If the answer is B".
 */
export function assertions(passage: Passage): Name[] {
  const labelled = labels(passage).map(({ end }) => nameAt(passage, end));
  const named = labelled.filter((name) => name !== null);
  return [...named, ...verdicts(passage)].sort((a, b) => a.span.start - b.span.start);
}

/** A line that begins so and goes on with a choice alone names it; otherwise such words announce anything. */
const FORM =
  /(?:^|\n)[ \t*_#>-]*(?:ans|solution|result|choice|option|prediction|selected(?: \w+)?|selection|correct|verdict|output|response|lösung|solución)[*_]*\s*[:=.]/gi;

/** The places behind such words. */
export function formFields(passage: Passage): number[] {
  return matches(FORM, passage).map(({ end }) => end);
}

/** Something that announces an answer. */
export interface Label {
  /** The offset behind it. */
  readonly end: number;
  /** True when a line begins with it, and it ends in a colon: "ANSWER: …", a field of a form. */
  readonly isField: boolean;
}

/** Every label that is neither denied nor conditional, in no order. */
export function labels(passage: Passage): Label[] {
  return [...matches(LABEL, passage), ...matches(BOX, passage)].flatMap(({ start, end }) => {
    const before = passage.text.slice(Math.max(passage.span.start, start - 40), start);
    const label = passage.text.slice(start, end);
    if (UNSAID.test(before) || (PREDICATE.test(before) && label.includes(':'))) return [];
    return [{ end, isField: LINE_START.test(before) && FIELD.test(label) }];
  });
}

/** Every choice of which the passage says that it is correct. */
export function* verdicts(passage: Passage): Iterable<Name> {
  for (const match of matches(VERDICT, passage)) {
    const from = Math.max(passage.span.start, match.start - LONGEST_SUBJECT);
    const before = passage.text.slice(from, match.start);
    const sentence =
      from + Math.max(...['. ', '! ', '? ', '; ', '，', '。', '\n'].map((mark) => afterLast(before, mark)));
    CONNECTIVE.lastIndex = sentence;
    CONNECTIVE.test(passage.text);
    const name = nameAt(passage, Math.max(sentence, CONNECTIVE.lastIndex), match.start);
    // The subject of the sentence, whole: "Neither A nor B is correct" names none.
    if (name && /^[\s*_"'”’`.)\]]*$/.test(passage.text.slice(name.span.end, match.start))) yield name;
  }
}

function afterLast(text: string, mark: string): number {
  const at = text.lastIndexOf(mark);
  return at < 0 ? 0 : at + mark.length;
}

function matches(pattern: RegExp, passage: Passage): Span[] {
  const found: Span[] = [];
  for (const match of passage.text.slice(passage.span.start, passage.span.end).matchAll(pattern)) {
    const start = passage.span.start + match.index;
    found.push({ start, end: start + match[0].length });
    if (found.length === MOST) break;
  }
  return found;
}
