/** An entry of the catalog as people read it. */
import { gigabytes, parametersWords, providersOf, serverWords } from './place.ts';
import { type Capabilities, type CatalogEntry, type Precision, weightBytes } from './types.ts';

const PRECISIONS: readonly Precision[] = ['fp32', 'bf16', 'int8', 'q4'];

const TEMPLATES: Readonly<Record<CatalogEntry['template'], string>> = {
  repository: 'of its repository',
  server: 'of its server',
  none: 'none: Rationale has its prompts',
};

const STAGES: Readonly<Record<CatalogEntry['stages'], string>> = {
  trained: 'trained to write them',
  asked: 'writes them when it is asked to',
  none: 'writes none',
};

const CAPABILITIES: Readonly<Record<keyof Capabilities, string>> = {
  text: 'text',
  generated: 'log-probabilities of what it writes',
  given: 'log-probabilities of given text',
  logits: 'all logits',
  masked: 'choices in the place of a mask',
};

/** All that the catalog knows of a model, name by name; what it does not know is left out. */
export function describe(entry: CatalogEntry): readonly (readonly [name: string, value: string])[] {
  const { name, parameters, licence, repository, revision, onnx, served, servers, shutDown } = entry;
  const { family, image, template, stop, stages, remoteCode, source } = entry;
  const at = repository && revision ? `${repository}, at ${revision}` : repository;
  const rows: readonly (readonly [string, string | null])[] = [
    ['name', name],
    ['from', source],
    ['parameters', parametersWords(parameters)],
    ['weights alone', parameters === null ? null : weightsWords(entry)],
    ['licence', licence],
    ['repository', at],
    ['ONNX files', onnx],
    ['kind', family],
    ['provider', providersOf(entry).join(', ') || 'none'],
    ['served as', served.join(', ')],
    ['known to serve it', servers && serverWords(servers)],
    ['end of service', shutDown],
    ['pictures', image],
    ['chat template', TEMPLATES[template]],
    ['answers end at', stop?.join(' ') ?? null],
    ['stages', STAGES[stages]],
    ['can tell', capabilityWords(entry.capabilities)],
    ['code of its own', remoteCode ? 'in its repository' : null],
  ];
  return rows.flatMap(([name, value]) => (value ? [[name, value] as const] : []));
}

/** Bytes of the weights alone, by precision. */
export function bytesAtEach(entry: CatalogEntry): Record<Precision, number | null> {
  const bytes = PRECISIONS.map((precision) => [precision, weightBytes(entry, precision)]);
  return Object.fromEntries(bytes) as Record<Precision, number | null>;
}

/** `8.8 GB in fp32, 4.4 GB in bf16, …`. */
function weightsWords(entry: CatalogEntry): string {
  return Object.entries(bytesAtEach(entry))
    .map(([precision, bytes]) => `${gigabytes(bytes as number)} in ${precision}`)
    .join(', ');
}

function capabilityWords(capabilities: Capabilities): string {
  const names = Object.keys(CAPABILITIES) as (keyof Capabilities)[];
  const has = names.filter((name) => capabilities[name]).map((name) => CAPABILITIES[name]);
  const unsure = names.filter((name) => capabilities[name] === null);
  const asked = unsure.map((name) => `${CAPABILITIES[name]} where its server gives them`);
  return [...has, ...asked].join(', ');
}
