import type { RecordProblem, RecordSource } from '../records/types.ts';
import { RULES } from './rules/index.ts';
import { malformedRecord } from './rules/malformed-record.ts';
import type {
  Finding,
  OutputContext,
  RecordContext,
  RecordRule,
  Report,
  Rule,
  RuleSettings,
  Severity,
} from './types.ts';

/** Rules that look at how a record is written; the others need one that can be read. */
const OF_FORM: ReadonlySet<string> = new Set(['malformed-record', 'duplicate-id']);

const NO_FIXES: Finding['fixes'] = [];

interface ActiveRule<R extends Rule> {
  readonly rule: R;
  readonly severity: Severity;
}

/** What the record rules that are on say of a record, in the order of its text. */
export function checkRecord(context: RecordContext, settings: RuleSettings): Finding[] {
  const { source } = context;
  const { id } = source.record;
  const isSound = source.problems.length === 0;
  const findings: Finding[] = [];
  for (const { rule, severity } of active('record', settings)) {
    if (!isSound && !canBeAsked(rule, source)) continue;
    for (const found of reportsOf(rule, id, context)) findings.push(finding(rule, severity, id, found));
  }
  return inOrder(findings);
}

/** What the output rules that are on say of a judged output, in the order of the record's text. */
export function checkOutput(context: OutputContext, settings: RuleSettings): Finding[] {
  const { id } = context.source.record;
  const findings: Finding[] = [];
  for (const { rule, severity } of active('output', settings)) {
    for (const found of reportsOf(rule, id, context)) {
      findings.push({ ...finding(rule, severity, id, found), model: context.model });
    }
  }
  return inOrder(findings);
}

/** The problems of text that holds no record, as findings; their record id is empty. */
export function checkProblems(problems: readonly RecordProblem[], settings: RuleSettings): Finding[] {
  const severity = settings[malformedRecord.id] ?? malformedRecord.severity;
  if (severity === 'off') return [];
  return problems.map((problem) => finding(malformedRecord, severity, '', problem));
}

function finding(rule: Rule, severity: Severity, recordId: string, report: Report): Finding {
  const { message, span, field, evidence, outputSpan, fixes = NO_FIXES } = report;
  return { rule: rule.id, severity, message, recordId, field, span, evidence, outputSpan, fixes };
}

/** True unless the record is broken, or a field that the rule relies on is not what it should be. */
function canBeAsked(rule: RecordRule, { problems }: RecordSource): boolean {
  if (OF_FORM.has(rule.id)) return true;
  return problems.every(
    ({ field }) =>
      field !== undefined && !rule.reads.some((read) => field === read || field.startsWith(`${read}[`)),
  );
}

/** A rule's reports, taken out here so that a rule that fails is named even when it yields them one by one. */
function reportsOf<Context>(
  rule: { readonly id: string; check(context: Context): Iterable<Report> },
  recordId: string,
  context: Context,
): readonly Report[] {
  try {
    const reports = rule.check(context);
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
      const severity = settings[rule.id] ?? rule.severity;
      return severity === 'off' ? [] : [{ rule, severity }];
    });
    const of = (wanted: Rule['scope']) => on.filter(({ rule }) => rule.scope === wanted);
    rules = { record: of('record'), output: of('output') } as unknown as ActiveRules;
    activeRules.set(settings, rules);
  }
  return rules[scope];
}
