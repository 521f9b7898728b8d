import './preview.css';
import { mount, type PageProps } from '../shared/page.tsx';
import type { Message, Model } from './messages.ts';
import { isLeaking, Leaks, Prompt } from './prompt.tsx';
import { Results } from './results.tsx';
import { Tools } from './tools.tsx';

mount<Model, Message>(Preview);

function Preview({ model, send }: PageProps<Model, Message>) {
  const { file, record, prompt, problem } = model;
  return (
    <>
      <header>
        <h1>
          {file}
          {prompt && <span class="badge">setting {prompt.setting}</span>}
        </h1>
        {record && (
          <p>
            Record{' '}
            <button type="button" class="link" onClick={() => send({ type: 'showRecord' })}>
              {record.id}
            </button>
            <span class="quiet"> {record.label}</span>
          </p>
        )}
        <Tools model={model} send={send} />
      </header>
      <div aria-live="polite">
        {problem !== null && (
          <p class="banner error">
            {prompt && <strong>This preview is old. </strong>}
            {problem}{' '}
            <button type="button" class="link" onClick={() => send({ type: 'showProblem' })}>
              Show the place
            </button>
          </p>
        )}
        {prompt && <Leaks prompt={prompt} />}
        {prompt?.refusal && (
          <p class="banner warning">
            <strong>No model would be asked this.</strong> {prompt.refusal}
          </p>
        )}
      </div>
      {prompt && (
        <div class={`${problem === null ? '' : 'old'} ${isLeaking(prompt) ? 'is-leaking' : ''}`}>
          <Prompt prompt={prompt} tokens={model.tokens} />
        </div>
      )}
      <Results model={model} send={send} />
    </>
  );
}
