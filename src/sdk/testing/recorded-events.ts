import { readFileSync } from 'node:fs';
import type { EventEnvelope } from '../events/contract.js';

let events: readonly EventEnvelope[] | null = null;

/**
 * Events as a real gateway sent them, one of each type that the documentation's examples come by; times, hashes and
 * ids of events are stood in for.
 */
export function recordedEvents(): readonly EventEnvelope[] {
  const file = new URL('./recorded-events.json', import.meta.url);
  return (events ??= JSON.parse(readFileSync(file, 'utf8')) as EventEnvelope[]);
}

/** The recorded event of that type. @throws Error when there is none */
export function recordedEvent(type: string): EventEnvelope {
  const found = recordedEvents().find((event) => event.type === type);
  if (!found)
    throw new Error(
      `no ${type} was recorded, only ${recordedEvents()
        .map((event) => event.type)
        .join(', ')}`,
    );
  return structuredClone(found);
}
