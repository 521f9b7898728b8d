import { defaultText, fieldOf, keysBelow, typeText } from './fields.ts';

/** What a key of a recipe means, as Markdown; null for what is none. */
export function describeKey(key: string): string | null {
  const field = fieldOf(key);
  if (!field) {
    const below = keysBelow(key.split('.'));
    return below.length > 0 ? `**${key}** holds ${below.map((name) => `\`${name}\``).join(', ')}.` : null;
  }
  const { doc, unit, type, only } = field;
  const facts = [
    `*Value:* ${typeText(field)}`,
    ...(unit === '' ? [] : [`*Unit:* ${unit}`]),
    `*Default:* ${defaultText(field)}`,
    ...(only ? [`*Only with* \`${only.key}\` ${only.values.join(', ')}`] : []),
  ];
  const values = type.kind === 'one' || type.kind === 'texts' ? (type.values ?? []) : [];
  const list = values.map(([value, meaning]) => `- \`${value}\`: ${meaning}`).join('\n');
  return [`**${key}**: ${doc}`, facts.join(' · '), list].filter((part) => part !== '').join('\n\n');
}
