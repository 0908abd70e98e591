import type { EventEnvelope } from 'forgegate/sdk';
import { github } from './github.js';
import { gitlab } from './gitlab.js';
import type { Format, Message, Renderer } from './message.js';
import { rhodecode } from './rhodecode.js';

/**
 * The requests that an event is in a format. What the format does not know is sent as it is stored, under its own name.
 * @param body the stored text
 */
export function messagesOf(
  format: Format,
  event: EventEnvelope,
  body: string,
  token: string,
): readonly Message[] {
  const rendered = rendererOf(format, token)(event);
  if (!rendered || rendered.length === 0) return [{ name: nameOf(event), body, variables: {} }];
  return rendered.map(({ name, payload, variables = {} }) => ({
    name,
    body: JSON.stringify(payload),
    variables,
  }));
}

/** How GitHub would call it, for compatible headers beside a body of our own. */
export const nameOf = (event: EventEnvelope): string => github(event)?.[0]?.name ?? event.type;

function rendererOf(format: Format, token: string): Renderer {
  switch (format) {
    case 'forgegate':
      return () => null;
    case 'github':
    case 'gitea':
      return github;
    case 'gitlab':
      return gitlab;
    case 'rhodecode':
      return rhodecode(token);
  }
}

export { FORMATS, type Format, type Message } from './message.js';
