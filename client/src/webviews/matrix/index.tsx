import './matrix.css';
import { mount, type PageProps } from '../shared/page.tsx';
import { Failing } from './failing.tsx';
import { Form } from './form.tsx';
import type { Message, Model } from './messages.ts';
import { Multiples } from './multiples.tsx';
import { CellTable } from './table.tsx';

mount<Model, Message>(Matrix);

function Matrix({ model, send }: PageProps<Model, Message>) {
  const { file, dataset, cells, result, problem, progress, opened } = model;
  const models = [...new Set(cells.map(({ cell }) => cell.model))];
  return (
    <>
      <header>
        <h1>
          Matrix of {file}
          {dataset !== '' && <span class="quiet on"> on {dataset}</span>}
        </h1>
      </header>
      <Form model={model} send={send} />
      <div aria-live="polite">
        {problem !== null && <p class="banner error">{problem}</p>}
        {progress && (
          <p class="row">
            <progress max={100} value={progress.percentage} aria-label="Answers" /> {progress.message}
          </p>
        )}
        {result?.cancelled && (
          <p class="quiet">Stopped; what was done is kept, and running it again goes on.</p>
        )}
      </div>
      <div class="scroll">
        {models.map((name) => (
          <CellTable
            key={name}
            name={name}
            cells={cells.filter(({ cell }) => cell.model === name)}
            send={send}
          />
        ))}
      </div>
      {opened && <Failing opened={opened} send={send} />}
      {cells.length > 0 && <Multiples cells={cells} />}
      {result && (
        <>
          <ul class="notes">
            {result.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
          <div class="row">
            <button
              type="button"
              class="primary"
              disabled={!result.best}
              title={
                result.best
                  ? `${result.best.model}, ${result.best.cell}`
                  : 'No fair cell has answered all records.'
              }
              onClick={() => send({ type: 'saveBest' })}
            >
              Best Fair Cell as Prompt File
            </button>
            {(['csv', 'json', 'markdown'] as const).map((format) => (
              <button key={format} type="button" onClick={() => send({ type: 'export', format })}>
                {{ csv: 'CSV', json: 'JSON', markdown: 'Markdown' }[format]}
              </button>
            ))}
          </div>
        </>
      )}
    </>
  );
}
