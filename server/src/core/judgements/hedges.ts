import type { Passage } from './name.ts';

/** How an output says that it gives no answer. */
const REFUSAL =
  /\b(?:(?:can(?:not|['’]t| not)|could(?: not|n['’]t)|unable to|impossible to|not (?:possible|feasible) to|difficult to|hard to) (?:be )?(?:definitively |accurately )?(?:answer|determin|complet|identif|provid|tell|select|choos|say|help|assist|see|view)|(?:is|are|was) (?:not|n['’]t) (?:possible|provided|shown|listed|given|visible|enough|clear|available|specified|applicable)|(?:does|do) ?n(?:ot|['’]t) (?:provide|contain|include|mention|specify|show)|(?:insufficient|not enough|no|lacks?|missing|without) (?:\w+ ){0,2}(?:information|context|data|image|correct (?:answer|option|choice)|details)|(?:none|neither) of (?:the|these|them|those)|please provide|i['’]m sorry|apolog(?:y|ies)|as an ai|not applicable|question is (?:flawed|incomplete))|无法(?:确定|回答|判断)/i;
/** What makes a sentence say what would be, were something else so. */
const HYPOTHETICAL =
  /\b(?:if|were|had|suppose|assum\w+|typical\w*|normally|in general|generally|would have)\b/i;
/** Where a refusal is looked for: at the beginning, since a rationale may say later what a text does not mention. */
const BEGINNING = 300;

/** True when the passage begins by saying that the question cannot be answered, or not with these choices. */
export function hasRefused({ text, span }: Passage): boolean {
  return REFUSAL.test(text.slice(span.start, Math.min(span.end, span.start + BEGINNING)));
}

/** True when the sentence that stands before `offset` says only what would be. */
export function isHypothetical(text: string, offset: number): boolean {
  const before = text.slice(Math.max(0, offset - 200), offset);
  return HYPOTHETICAL.test(before.slice(Math.max(before.lastIndexOf('. '), before.lastIndexOf('\n')) + 1));
}
