import { eventNotice, withoutMentions, type EventEnvelope } from 'forgegate/sdk';

/** `<!channel>`, `<@U123>` and `&` mean something to Slack in every text, `plain_text` included. */
const escaped = (text: string): string =>
  withoutMentions(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** No mark-up is read in it, so that nobody writes bold or a link that leads elsewhere. */
const plain = (text: string) => ({ type: 'plain_text', text: escaped(text), emoji: false });

/**
 * Body of an incoming webhook. What users wrote stands in `plain_text`; the one link is ours.
 * Limits of Slack: 3,000 characters a text, 2,000 a field, 10 fields.
 */
export function slackMessage(event: EventEnvelope): object {
  const { title, text, url, fields } = eventNotice(event);
  const page = url === null ? '' : `<${url.replace(/[<>|]/g, encodeURIComponent)}|Open> · `;
  return {
    text: escaped(title),
    mrkdwn: false,
    parse: 'none',
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'section', text: plain(title) },
      ...(text === '' ? [] : [{ type: 'section', text: plain(text) }]),
      ...(fields.length === 0
        ? []
        : [{ type: 'section', fields: fields.map(({ name, value }) => plain(`${name}: ${value}`)) }]),
      { type: 'context', elements: [{ type: 'mrkdwn', text: `${page}\`${escaped(event.type)}\`` }] },
    ],
  };
}
