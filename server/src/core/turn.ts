import type { Span } from './span.ts';

/** Tokens that chat templates put around a turn; a model that ran past its end wrote them as text. */
const TOKEN =
  /<\|[a-z_]{2,40}\|>|<｜[^<>｜]{2,40}｜>|<(?:\/?s|eos|bos|pad|(?:start|end)_of_turn|end_of_utterance)>|\[\/?INST\]|<<\/?SYS>>/;
/** Who speaks, at the beginning of a line: `USER:`, `**Assistant:**`, `### Question`. */
const ROLE_LINE =
  /^[ \t]*(?:#{2,4}[ \t]*(?:Question|Instruction|Input|Human|User|Response|Assistant)\b|[*_]*(?:USER|User|ASSISTANT|Assistant|SYSTEM|Human|HUMAN|Question|QUESTION)(?:[ \t]*\d{1,3})?[*_]*[ \t]*[:：])/;
const MARKER = new RegExp(`${TOKEN.source}|${ROLE_LINE.source}`, 'gm');
/** What opens the turn of the one who asks, and what opens the model's own. */
const ASKS =
  /^(?:\[INST\]|<\|(?:user|prompter|human)\|>|\s*[#*_]*[ \t]*(?:USER|User|Human|HUMAN|Instruction)\b)/;
const ANSWERS = /^(?:\[\/INST\]|<\|(?:assistant|model)\|>|\s*[#*_]*[ \t]*(?:ASSISTANT|Assistant|Response)\b)/;
/** What a prompt has before its question. */
const PROMPT = /^\s*(?:<image>\s*)?(?:Context|Hint|Lecture|Passage|Image)\s*:[^\n]*\n\s*$/i;
const QUESTION = /^\s*[#*_]*[ \t]*question/i;
/** Tokens behind which the role is a word of its own: `<|im_start|>assistant`. */
const OPENS = /^<(?:\|(?:im_start|start_header_id)\||start_of_turn)>$/;
const ROLE_WORD = /\s*(user|human|system|assistant|model)\b(?:\s*<\|end_header_id\|>)?/iy;

interface Marker {
  readonly span: Span;
  readonly kind: 'asks' | 'answers' | 'question' | 'stop';
}

/**
 * The parts of a raw output that are the model's own turn, in order: what stands before the first stop token or
 * the turn of another speaker, then what it wrote between further stop tokens. A prompt that the output repeats
 * at its beginning is left out; what answers a later question is never the model's answer to this one. Never
 * empty: an output of nothing else has an empty part.
 */
export function ownTurns(output: string): Span[] {
  const turns: Span[] = [];
  let start = 0;
  let isAsking = false;
  const add = (end: number) => {
    if (!isAsking && output.slice(start, end).trim() !== '') turns.push({ start, end });
  };
  for (const { span, kind } of markers(output)) {
    const before = output.slice(start, span.start);
    const isFirst =
      turns.length === 0 &&
      (isAsking || before.trim() === '' || (kind === 'question' && PROMPT.test(before)));
    // "Question: … Answer: B" repeats the question it was asked; a question behind an answer is a new one.
    if (isFirst && kind === 'question') continue;
    add(span.start);
    if (!isFirst && kind !== 'stop') return turns;
    if (kind === 'asks') isAsking = true;
    if (kind === 'answers') isAsking = false;
    start = span.end;
  }
  add(output.length);
  return turns.length > 0 ? turns : [{ start: output.length, end: output.length }];
}

function* markers(output: string): Iterable<Marker> {
  for (const match of output.matchAll(MARKER)) {
    const [text] = match;
    ROLE_WORD.lastIndex = match.index + text.length;
    const word = OPENS.test(text) ? ROLE_WORD.exec(output) : null;
    const span = { start: match.index, end: match.index + text.length + (word?.[0].length ?? 0) };
    yield { span, kind: word ? (/user|human|system/i.test(word[1]!) ? 'asks' : 'answers') : kindOf(text) };
  }
}

function kindOf(marker: string): Marker['kind'] {
  if (ASKS.test(marker)) return 'asks';
  if (ANSWERS.test(marker)) return 'answers';
  return QUESTION.test(marker) ? 'question' : 'stop';
}
