import { eventNotice, withoutMentions, type EventEnvelope, type Tone } from 'forgegate/sdk';

const STYLES: Readonly<Record<Tone, string>> = { neutral: 'emphasis', good: 'good', bad: 'attention' };

/**
 * A `TextRun` is shown as it stands, where a `TextBlock` or a fact would read Markdown. Links and tags are broken up all
 * the same, for clients that show an older kind of card.
 */
const run = (text: string, look: object = {}) => ({
  type: 'TextRun',
  text: withoutMentions(text).replaceAll('](', ']\u200b(').replaceAll('<', '<\u200b'),
  ...look,
});
const lines = (...inlines: object[]) => ({ type: 'RichTextBlock', inlines });

/** What the trigger "When a Teams webhook request is received" takes; far below its 28 KB. */
export function teamsMessage(event: EventEnvelope): object {
  const { title, text, url, fields, tone } = eventNotice(event);
  const card = {
    $schema: 'https://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body: [
      {
        type: 'Container',
        style: STYLES[tone],
        bleed: true,
        items: [lines(run(title, { weight: 'Bolder' }))],
      },
      ...(text === '' ? [] : [lines(run(text))]),
      ...fields.map(({ name, value }) => lines(run(`${name}: `, { isSubtle: true }), run(value))),
      lines(run(event.type, { size: 'Small', isSubtle: true })),
    ],
    actions: url === null ? [] : [{ type: 'Action.OpenUrl', title: 'Open', url }],
  };
  return {
    type: 'message',
    attachments: [
      { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card },
    ],
  };
}
