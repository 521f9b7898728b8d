import type {
  PromptLeak,
  PromptMessage,
  PromptPart,
  PromptPiece,
  PromptTokens,
  PromptView,
} from '../../../../server/src/protocol/messages.ts';
import { plural } from '../../text.ts';
import { colourOf, legendOf } from './fields.ts';

/** What a model would be shown. */
export function Prompt({ prompt, tokens }: { prompt: PromptView; tokens: PromptTokens | null }) {
  const { before, messages, demonstrations, omitted, leaks } = prompt;
  const all = [...before.flatMap((query) => query.messages), ...messages];
  const pieces = all.flatMap(({ content }) =>
    content.flatMap((part) => (part.type === 'text' ? part.pieces : [])),
  );
  return (
    <>
      <Legend pieces={pieces} />
      {before.map(({ query, messages }) => (
        <Messages key={query} title={`First it is asked for its ${query}`} messages={messages} />
      ))}
      <Messages title={before.length > 0 ? 'Then for its answer' : null} messages={messages} />
      {tokens && <Tokens tokens={tokens} />}
      {demonstrations.length > 0 && (
        <p class="quiet">Shown solved before the question: records {demonstrations.join(', ')}.</p>
      )}
      <LeftOut omitted={omitted.filter(({ field }) => !leaks.some((leak) => leak.field === field))} />
    </>
  );
}

/** What gives the answer away or is none of the setting: nobody is to overlook it. */
export function Leaks({ prompt: { leaks, setting } }: { prompt: PromptView }) {
  const withheld = leaks.filter(({ isWithheld }) => isWithheld);
  const meant = leaks.filter(({ isWithheld }) => !isWithheld);
  return (
    <>
      {withheld.length > 0 && (
        <p class="banner leak" role="alert">
          <strong>Leak.</strong> This prompt says it is of setting {setting}, which withholds the{' '}
          {namesOf(withheld)}, and holds it all the same. Nothing that is run with it is a result of setting{' '}
          {setting}.
        </p>
      )}
      {meant.length > 0 && (
        <p class="banner warning">
          <strong>No fair accuracy claim.</strong> The prompt holds the {namesOf(meant)}: what is run with it
          is an upper bound, or a teacher’s work.
        </p>
      )}
    </>
  );
}

/** Whether the prompt holds what its setting withholds. */
export function isLeaking({ leaks }: PromptView): boolean {
  return leaks.some(({ isWithheld }) => isWithheld);
}

function namesOf(leaks: readonly PromptLeak[]): string {
  return leaks.map(({ field }) => (field === 'answer' ? 'gold answer' : field)).join(' and the ');
}

function Tokens({ tokens: { total, image, context } }: { tokens: PromptTokens }) {
  const isTooLong = context !== null && total >= context;
  return (
    <p class={isTooLong ? 'banner error' : 'quiet'}>
      {plural(total, 'token')}
      {image > 0 && `, ${image} of them for images`}
      {context !== null && `; the model takes ${context.toLocaleString('en')} together with its answer`}.
    </p>
  );
}

function Legend({ pieces }: { pieces: readonly PromptPiece[] }) {
  const colours = legendOf(pieces);
  return (
    <ul class="legend" aria-label="What the colours stand for">
      {colours.map(([colour, names]) => (
        <li key={colour}>
          <span class={`piece from-${colour}`}>{names}</span>
        </li>
      ))}
      <li>
        <span class="quiet">the template’s own words</span>
      </li>
    </ul>
  );
}

function Messages({ title, messages }: { title: string | null; messages: readonly PromptMessage[] }) {
  return (
    <>
      {title && <h2 class="query">{title}</h2>}
      {messages.map(({ role, content }, index) => (
        <section key={index} class={`message ${role}`} aria-label={`${role} message`}>
          <h3>{role}</h3>
          {content.map((part, place) => (
            <Part key={place} part={part} />
          ))}
        </section>
      ))}
    </>
  );
}

function Part({ part }: { part: PromptPart }) {
  if (part.type === 'image') {
    const name = part.uri.slice(part.uri.lastIndexOf('/') + 1);
    return <img class="from-image" src={part.uri} alt={`The record’s picture, ${name}`} title="image" />;
  }
  return (
    <p class="text">
      {part.pieces.map((piece, index) => (
        <Piece key={index} piece={piece} />
      ))}
    </p>
  );
}

function Piece({ piece: { text, fields, isLeak } }: { piece: PromptPiece }) {
  const colour = colourOf(fields);
  if (!colour && !isLeak) return text;
  const names = [...fields, ...(isLeak ? ['a leak'] : [])].join(', ');
  return (
    <mark class={`piece from-${colour ?? 'template'} ${isLeak ? 'leaking' : ''}`} title={names}>
      {text}
    </mark>
  );
}

function LeftOut({ omitted }: Pick<PromptView, 'omitted'>) {
  const reasons = Map.groupBy(omitted, ({ why }) => why);
  return (
    <dl class="left-out">
      {Array.from(reasons, ([why, fields]) => (
        <div key={why}>
          <dt>Left out: {fields.map(({ field }) => field).join(', ')}</dt>
          <dd>{why}</dd>
        </div>
      ))}
    </dl>
  );
}
