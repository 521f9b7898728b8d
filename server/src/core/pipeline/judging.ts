/** Judging what models answered, wherever the answers come from. */
import { checkOutput } from '../annotations/engine.ts';
import type { Opinion } from '../annotations/types.ts';
import { judge } from '../judgements/judge.ts';
import type { Judgement } from '../judgements/types.ts';
import { vote } from '../judgements/vote.ts';
import type { Faithfulness } from '../metrics/faithfulness.ts';
import type { Prediction } from '../models/types.ts';
import { inOrder } from '../prompts/formats/format.ts';
import { strategyOf } from '../prompts/strategies/index.ts';
import type { Order } from '../prompts/types.ts';
import { parseRationale } from '../rationales/parse.ts';
import { STAGE_NAMES, type StageName } from '../rationales/types.ts';
import type { RecordSource } from '../records/types.ts';
import type { RunCard } from '../store/types.ts';
import { readPrompt } from './prompts.ts';
import type { Asked, JudgedOutput, RecordResult, Surroundings } from './types.ts';
import { type AskedRecord, askedRecord, broughtBack } from './variations.ts';

/** What a model says of a record, for weighing it against others; nothing where it contradicts itself. */
export function opinionOf(model: string, { contradiction, reading }: Judgement): Opinion {
  return { model, choice: contradiction ? null : reading.choice };
}

/** The stages that a strategy asks for, in order. */
function stagesOf(strategy: string, order: Order): StageName[] {
  const parts = strategyOf(strategy).writes.map(({ name }) => name);
  return inOrder<StageName>(parts, 'conclusion', order);
}

/** The judge of one dataset's outputs. It keeps nothing: whoever asks for the same again does. */
export class Judging {
  private around: Surroundings;
  private readonly tested: (prediction: Prediction, choice: number) => Faithfulness | null;

  /** @param tested what is known of whether an output follows from its rationale */
  constructor(around: Surroundings, tested: (prediction: Prediction, choice: number) => Faithfulness | null) {
    this.around = around;
    this.tested = tested;
  }

  surroundingsChanged(around: Surroundings): void {
    this.around = around;
  }

  /**
   * Judges one output for a record, wherever it was made.
   * @param others what other models say of the record
   */
  judgeOutput(
    source: RecordSource,
    prediction: Prediction,
    asked: Asked,
    others: readonly Opinion[] = [],
  ): JudgedOutput {
    const judgement = this.judgementOf(source, prediction, asked);
    const { model, format, stages = STAGE_NAMES } = asked;
    const opinions = others.length > 0 ? [opinionOf(model, judgement), ...others] : undefined;
    const faithfulness = () => this.faithfulness(prediction, judgement);
    const context = { source, prediction, judgement, model, format, stages, opinions, faithfulness };
    const findings = checkOutput(context, this.around.rules);
    return { prediction, judgement, findings };
  }

  /** The judgement alone, without the rules: for telling how a whole file is to be read. */
  judgementOf(source: RecordSource, prediction: Prediction, asked: Asked): Judgement {
    const { record } = source;
    return judge({
      recordId: record.id,
      choices: record.choices,
      answer: record.answer,
      prediction,
      rationale: parseRationale(prediction.output),
      indexBase: asked.indexBase,
      baseSource: asked.baseSource,
      reader: asked.reader,
    });
  }

  /** What a test has shown of an output; null where none was made. */
  faithfulness(prediction: Prediction, { reading }: Judgement): Faithfulness | null {
    return reading.choice === null ? null : this.tested(prediction, reading.choice);
  }

  /**
   * What the samples of a record say together.
   * @param known what was made of some of the predictions before
   */
  resultOf(
    source: RecordSource,
    run: RunCard,
    predictions: readonly Prediction[],
    known: readonly JudgedOutput[] = [],
  ): RecordResult {
    const samples = predictions.map(
      (said) => known.find(({ prediction }) => prediction === said) ?? this.outputOf(source, run, said),
    );
    const voted = vote(samples, ({ judgement }) => judgement);
    return { run, ...voted.chosen, samples, vote: takesVotes(run) ? voted.vote : null };
  }

  /** What a run's model said of a record. */
  outputOf(source: RecordSource, run: RunCard, prediction: Prediction): JudgedOutput {
    const { source: asked, places } = askedRecord(source, run.variation) as AskedRecord;
    const output = this.judgeOutput(asked, prediction, this.askedBy(run));
    return { ...output, judgement: broughtBack(output.judgement, places) };
  }

  /** Its judgement alone. */
  runJudgementOf(source: RecordSource, run: RunCard, prediction: Prediction): Judgement {
    const { source: asked, places } = askedRecord(source, run.variation) as AskedRecord;
    return broughtBack(this.judgementOf(asked, prediction, this.askedBy(run)), places);
  }

  /** The prompt of a run may name a reader of its own, and an order. */
  private askedBy(run: RunCard): Asked {
    const { reader, strategy, order } = readPrompt({ name: run.prompt, text: run.promptText });
    return {
      ...run,
      ...(strategy !== null && { stages: stagesOf(strategy, order) }),
      ...(reader !== null && { reader }),
    };
  }

  /** Results of several models, with what the rules say of each in the light of the others. */
  together(source: RecordSource, results: readonly RecordResult[]): RecordResult[] {
    const opinions = results.map(({ run, judgement }) => opinionOf(run.model, judgement));
    return results.map((result) => {
      const { run, prediction, judgement } = result;
      const { model, format, stages = STAGE_NAMES } = this.askedBy(run);
      const faithfulness = () => this.faithfulness(prediction, judgement);
      const context = { source, prediction, judgement, model, format, stages, opinions, faithfulness };
      return { ...result, findings: checkOutput(context, this.around.rules) };
    });
  }
}

/** Whether a run takes several answers of a record, which vote. */
export function takesVotes({ decoding: { samples = 1 } }: RunCard): boolean {
  return samples > 1;
}
