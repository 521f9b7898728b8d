import type { RecordProblem, RecordSource } from '../records/types.ts';
import { RULES } from './rules/index.ts';
import { malformedRecord } from './rules/malformed-record.ts';
import { splitLeak } from './rules/split-leak.ts';
import { reportIdsWithoutRecord, unknownSplitId } from './rules/unknown-split-id.ts';
import type {
  Finding,
  OutputContext,
  PromptContext,
  RecipeContext,
  RecordContext,
  RecordRule,
  Report,
  Rule,
  RuleSettings,
  Severity,
  TableContext,
} from './types.ts';

/** Rules that look at how a record is written; the others need one that can be read. */
const OF_FORM: ReadonlySet<string> = new Set(['malformed-record', 'duplicate-id']);

const NO_FIXES: Finding['fixes'] = [];

interface ActiveRule<R extends Rule> {
  readonly rule: R;
  readonly severity: Severity;
  readonly threshold: number;
}

/** What the record rules that are on say of a record, in the order of its text. */
export function checkRecord(context: RecordContext, settings: RuleSettings): Finding[] {
  const { source } = context;
  const { id } = source.record;
  const isSound = source.problems.length === 0;
  const findings: Finding[] = [];
  for (const { rule, severity, threshold } of active('record', settings)) {
    if (!isSound && !canBeAsked(rule, source)) continue;
    for (const found of reportsOf(rule, id, context, threshold))
      findings.push(finding(rule, severity, id, found));
  }
  return inOrder(findings);
}

/** What is to be said of a record that another file has too, when that rule is on. */
export function checkShared(context: RecordContext, settings: RuleSettings): Finding[] {
  const { id } = context.source.record;
  return active('record', settings)
    .filter(({ rule }) => rule === splitLeak)
    .flatMap(({ rule, severity, threshold }) =>
      reportsOf(rule, id, context, threshold).map((found) => finding(rule, severity, id, found)),
    );
}

/** What the output rules that are on say of a judged output, in the order of the record's text. */
export function checkOutput(context: OutputContext, settings: RuleSettings): Finding[] {
  const { id } = context.source.record;
  const findings: Finding[] = [];
  for (const { rule, severity, threshold } of active('output', settings)) {
    for (const found of reportsOf(rule, id, context, threshold)) {
      findings.push({ ...finding(rule, severity, id, found), model: context.model });
    }
  }
  return inOrder(findings);
}

/** What the table rules that are on say of a table of results; no record is meant, and the ids are empty. */
export function checkTable(context: TableContext, settings: RuleSettings): Finding[] {
  return checkFile(active('table', settings), context);
}

/** What the prompt rules that are on say of a prompt file; no record is meant, and the ids are empty. */
export function checkPrompt(context: PromptContext, settings: RuleSettings): Finding[] {
  return checkFile(active('prompt', settings), context);
}

/** What the recipe rules that are on say of a recipe; no record is meant, and the ids are empty. */
export function checkRecipe(context: RecipeContext, settings: RuleSettings): Finding[] {
  return checkFile(active('recipe', settings), context);
}

function checkFile<Context>(
  rules: readonly ActiveRule<Rule & { check(context: Context, threshold: number): Iterable<Report> }>[],
  context: Context,
): Finding[] {
  const findings = rules.flatMap(({ rule, severity, threshold }) =>
    reportsOf(rule, '', context, threshold).map((found) => finding(rule, severity, '', found)),
  );
  return inOrder(findings);
}

/** True when the user wants to hear of the rule. */
export function isOn(ruleId: string, settings: RuleSettings): boolean {
  return active('record', settings).some(({ rule }) => rule.id === ruleId);
}

/** The problems of text that holds no record, as findings; their record id is empty. */
export function checkProblems(problems: readonly RecordProblem[], settings: RuleSettings): Finding[] {
  const { severity } = asSet(malformedRecord, settings);
  if (severity === 'off') return [];
  return problems.map((problem) => finding(malformedRecord, severity, '', problem));
}

/** The finding on ids of the split table that no record has, for the first chunk of the dataset. */
export function checkSplitIds(idsWithoutRecord: readonly string[], settings: RuleSettings): Finding[] {
  const { severity } = asSet(unknownSplitId, settings);
  if (severity === 'off' || idsWithoutRecord.length === 0) return [];
  return [finding(unknownSplitId, severity, '', reportIdsWithoutRecord(idsWithoutRecord))];
}

function finding(rule: Rule, severity: Severity, recordId: string, report: Report): Finding {
  const { message, span, field, evidence, outputSpan, other, fixes = NO_FIXES } = report;
  return { rule: rule.id, severity, message, recordId, field, span, evidence, outputSpan, other, fixes };
}

/** Where a conversation says everything that rules ask of. */
const OF_CONVERSATION = /^(?:conversations|messages|images)\b/;

/** True unless the record is broken, or a field that the rule relies on is not what it should be. */
function canBeAsked(rule: RecordRule, { problems }: RecordSource): boolean {
  if (OF_FORM.has(rule.id)) return true;
  return problems.every(
    ({ field }) =>
      field !== undefined &&
      !OF_CONVERSATION.test(field) &&
      !rule.reads.some((read) => field === read || field.startsWith(`${read}[`)),
  );
}

/** A rule's reports, taken out here so that a rule that fails is named even when it yields them one by one. */
function reportsOf<Context>(
  rule: { readonly id: string; check(context: Context, threshold: number): Iterable<Report> },
  recordId: string,
  context: Context,
  threshold: number,
): readonly Report[] {
  try {
    const reports = rule.check(context, threshold);
    return Array.isArray(reports) ? reports : [...reports];
  } catch (cause) {
    throw new Error(`The rule ${rule.id} failed on record ${JSON.stringify(recordId)}: ${String(cause)}`, {
      cause,
    });
  }
}

function inOrder(findings: Finding[]): Finding[] {
  return findings.length < 2 ? findings : findings.sort((a, b) => a.span.start - b.span.start);
}

type ActiveRules = {
  readonly [Scope in Rule['scope']]: readonly ActiveRule<Extract<Rule, { scope: Scope }>>[];
};

const activeRules = new WeakMap<RuleSettings, ActiveRules>();

/** Which rules are on, worked out once for each settings object. */
function active<Scope extends Rule['scope']>(scope: Scope, settings: RuleSettings): ActiveRules[Scope] {
  let rules = activeRules.get(settings);
  if (!rules) {
    const on = RULES.flatMap((rule) => {
      const { severity, threshold } = asSet(rule, settings);
      return severity === 'off' ? [] : [{ rule, severity, threshold }];
    });
    const of = (wanted: Rule['scope']) => on.filter(({ rule }) => rule.scope === wanted);
    rules = {
      ...{ record: of('record'), output: of('output') },
      ...{ table: of('table'), prompt: of('prompt'), recipe: of('recipe') },
    } as unknown as ActiveRules;
    activeRules.set(settings, rules);
  }
  return rules[scope];
}

/** Severity and threshold of a rule: the user's, else its own. A threshold stays within what the rule allows. */
function asSet(rule: Rule, settings: RuleSettings): { severity: Severity | 'off'; threshold: number } {
  const set = settings[rule.id];
  const { severity = rule.severity, threshold } = typeof set === 'object' ? set : { severity: set };
  if (!rule.threshold) return { severity, threshold: 0 };
  const { default: own, minimum, maximum } = rule.threshold;
  return { severity, threshold: Math.min(Math.max(threshold ?? own, minimum), maximum) };
}
