import type {
  PromptLeak,
  PromptMessage,
  PromptPart,
  PromptPiece,
  PromptView,
} from '../../../../server/src/protocol/messages.ts';
import { colourOf, legendOf } from './fields.ts';

/** What a model would be shown. */
export function Prompt({ prompt }: { prompt: PromptView }) {
  const { before, messages, demonstrations, omitted } = prompt;
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
      {demonstrations.length > 0 && (
        <p class="quiet">Shown solved before the question: records {demonstrations.join(', ')}.</p>
      )}
      <LeftOut omitted={omitted} />
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

function namesOf(leaks: readonly PromptLeak[]): string {
  return leaks.map(({ field }) => (field === 'answer' ? 'gold answer' : field)).join(' and the ');
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
  if (omitted.length === 0) return null;
  return (
    <section>
      <h2>Left out</h2>
      <dl class="facts">
        {omitted.map(({ field, why }) => (
          <div key={field}>
            <dt>{field}</dt>
            <dd>{why}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
