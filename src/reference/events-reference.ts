import type { EventContract } from '../sdk/index.js';
import type { DeclaredMethod } from './declared-methods.js';
import { fencedJson, linkTo } from './markdown.js';

const GENERATED = 'Generated from the contracts by `npm run generate`; do not edit.';

const ENVELOPE = `Every event reaches a subscriber as \`{type, version, timestamp, data}\`: \`timestamp\` is when it happened
(UTC), and \`data\` holds, beside what is shown below, \`event_id\`, \`actor {user_id, username}\` and \`request_id\`.
Members may be added to a version; a change of meaning is a new version.`;

/** `docs/events.md`. */
export function eventsReference(
  contracts: readonly EventContract[],
  methods: readonly DeclaredMethod[],
): string {
  const contents = contracts.map(({ type, summary }) => `- ${linkTo(type)}: ${summary}`).join('\n');
  const sections = contracts.map((contract) => eventSection(contract, recordedBy(contract, methods)));
  return ['# Events', GENERATED, ENVELOPE, contents, ...sections].join('\n\n') + '\n';
}

/** @param more a paragraph about where it comes from */
export const eventSection = (
  { type, version, summary, example, schema }: EventContract,
  ...more: string[]
): string =>
  [
    `## ${type}`,
    `${summary}. Version ${version}.`,
    ...more,
    fencedJson(example),
    '<details><summary>JSON Schema</summary>',
    fencedJson(schema),
    '</details>',
  ].join('\n\n');

function recordedBy(contract: EventContract, methods: readonly DeclaredMethod[]): string {
  const names = methods.filter(({ emits }) => emits?.includes(contract)).map(({ name }) => name);
  if (names.length === 0) return 'Recorded by no method, but by the gateway itself.';
  return `Recorded by ${names.map((name) => linkTo(name, 'methods.md')).join(', ')}.`;
}
