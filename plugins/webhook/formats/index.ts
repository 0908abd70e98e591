import type { EventEnvelope } from 'forgegate/sdk';
import { gitea } from './gitea.js';
import { github } from './github.js';
import { gitlab } from './gitlab.js';
import type { Format, Message, Renderer } from './message.js';
import { rhodecode } from './rhodecode.js';

/**
 * The requests that an event is in a format. What the format does not know is sent as it is stored, under its own name;
 * none, when another event tells it all.
 * @param body the stored text
 */
export function messagesOf(
  format: Format,
  event: EventEnvelope,
  body: string,
  token: string,
): readonly Message[] {
  const rendered = rendererOf(format, token)(event);
  if (!rendered) return [{ name: event.type, kind: event.type, body, variables: {} }];
  return rendered.map(({ name, kind = name, payload, variables = {} }) => ({
    name,
    kind,
    body: JSON.stringify(payload),
    variables,
  }));
}

/** What a forge would call it, for compatible headers beside another body. */
export function namesIn(forge: 'github' | 'gitea', event: EventEnvelope): { name: string; kind: string } {
  const [first] = rendererOf(forge, '')(event) ?? [];
  const { name = event.type, kind = name } = first ?? {};
  return { name, kind };
}

function rendererOf(format: Format, token: string): Renderer {
  switch (format) {
    case 'forgegate':
      return () => null;
    case 'github':
      return github;
    case 'gitea':
      return gitea;
    case 'gitlab':
      return gitlab;
    case 'rhodecode':
      return rhodecode(token);
  }
}

export { FORMATS, type Format, type Message } from './message.js';
