import type { EventContract } from '../sdk/index.js';

const GENERATED = 'Generated from the contracts by `npm run generate`; do not edit.';

const ENVELOPE = `Every event reaches a subscriber as \`{type, version, timestamp, data}\`: \`timestamp\` is when it happened
(UTC), and \`data\` holds, beside what is shown below, \`event_id\`, \`actor {user_id, username}\` and \`request_id\`.
Members may be added to a version; a change of meaning is a new version.`;

/** `docs/events.md`. */
export function eventsReference(contracts: readonly EventContract[]): string {
  const sections = contracts.map(({ type, version, summary, example, schema }) =>
    [
      `## ${type}`,
      `${summary}. Version ${version}.`,
      fenced(example),
      '<details><summary>JSON Schema</summary>',
      fenced(schema),
      '</details>',
    ].join('\n\n'),
  );
  return ['# Events', GENERATED, ENVELOPE, ...sections].join('\n\n') + '\n';
}

const fenced = (value: unknown) => ['```json', JSON.stringify(value, null, 2), '```'].join('\n');
