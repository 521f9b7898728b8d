import { useEffect, useRef } from 'preact/hooks';
import { plural } from '../../text.ts';
import { Output, Verdict } from '../shared/output.tsx';
import type { Message, OpenedCell } from './messages.ts';

/** The records that a cell did not answer correctly; a click shows one in the dataset and what was said of it. */
export function Failing({
  opened,
  send,
}: {
  readonly opened: OpenedCell;
  readonly send: (message: Message) => void;
}) {
  const { cell, failing, record } = opened;
  const section = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const name = `${cell.model} ${cell.id}`;
  // Who has opened a cell goes on from here, with the keyboard too.
  useEffect(() => {
    section.current?.scrollIntoView({ block: 'nearest' });
    heading.current?.focus();
  }, [name]);
  return (
    <section ref={section} class="failing">
      <h2 ref={heading} tabIndex={-1}>
        {failing ? plural(failing.length, 'record') : 'Records'} not answered correctly by {cell.model},
        setting {cell.setting}, {cell.strategy}
        <button type="button" class="link" onClick={() => send({ type: 'closeCell' })}>
          Close
        </button>
      </h2>
      {failing?.length === 0 && <p class="quiet">None.</p>}
      <ul class="records">
        {failing?.map(({ id, label, verdict }) => (
          <li key={id}>
            <button
              type="button"
              class="link"
              aria-expanded={record?.id === id}
              onClick={() => send({ type: 'openRecord', id })}
            >
              {id}
            </button>{' '}
            {label} <Verdict verdict={verdict} />
            {record?.id === id && record.output && (
              <Output output={record.output} onRule={(rule) => send({ type: 'showRule', rule })} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
