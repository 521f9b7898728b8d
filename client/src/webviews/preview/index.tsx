import './preview.css';
import type { PromptMessage, PromptPart } from '../../../../server/src/protocol/messages.ts';
import { mount, type PageProps } from '../shared/page.tsx';
import type { Message, Model } from './messages.ts';

mount<Model, Message>(Preview);

function Preview({ model, send }: PageProps<Model, Message>) {
  const { file, record, prompt, problem } = model;
  return (
    <>
      <header>
        <h1>{file}</h1>
        {record && (
          <p>
            Record{' '}
            <button type="button" class="link" onClick={() => send({ type: 'showRecord' })}>
              {record.id}
            </button>{' '}
            <span class="quiet">{record.label}</span>
          </p>
        )}
      </header>
      <div aria-live="polite">
        {problem !== null && (
          <p class="banner error">
            {prompt && <strong>This preview is old. </strong>}
            {problem}{' '}
            <button type="button" class="link" onClick={() => send({ type: 'showProblem' })}>
              Show
            </button>
          </p>
        )}
        {prompt?.refusal && <p class="banner warning">No model would be asked this. {prompt.refusal}</p>}
      </div>
      {prompt && (
        <div class={problem === null ? '' : 'old'}>
          {prompt.messages.map((message, index) => (
            <MessageView key={index} message={message} />
          ))}
          <LeftOut omitted={prompt.omitted} />
        </div>
      )}
    </>
  );
}

function MessageView({ message: { role, content } }: { message: PromptMessage }) {
  return (
    <section class="message">
      <h2>{role}</h2>
      {content.map((part, index) => (
        <Part key={index} part={part} />
      ))}
    </section>
  );
}

function Part({ part }: { part: PromptPart }) {
  return part.type === 'text' ? <p class="text">{part.text}</p> : <img src={part.uri} alt="The record’s" />;
}

function LeftOut({ omitted }: { omitted: readonly { readonly field: string; readonly why: string }[] }) {
  if (omitted.length === 0) return null;
  return (
    <section>
      <h2>Left out</h2>
      <dl>
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
