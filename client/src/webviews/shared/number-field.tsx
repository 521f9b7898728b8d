import { useState } from 'preact/hooks';

interface Props {
  readonly label: string;
  readonly least: number;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

/** A whole number. What is being typed stays as it is typed, whatever the page shows anew meanwhile. */
export function NumberField({ label, least, value, onChange }: Props) {
  const [text, setText] = useState(String(value));
  return (
    <label>
      {label}
      <input
        type="number"
        min={least}
        value={text}
        onInput={({ currentTarget }) => {
          setText(currentTarget.value);
          const typed = Number(currentTarget.value);
          if (currentTarget.value !== '' && Number.isInteger(typed) && typed >= least) onChange(typed);
        }}
        onBlur={() => setText(String(value))}
      />
    </label>
  );
}
