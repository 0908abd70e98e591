import { eventNotice, withoutMentions, type EventEnvelope, type Tone } from 'forgegate/sdk';

const COLOURS: Readonly<Record<Tone, number>> = { neutral: 0x5865f2, good: 0x248046, bad: 0xda373c };
const LONGEST_TITLE = 256;

/** Every sign that Discord reads as mark-up stands for itself behind a backslash. */
const plain = (text: string): string =>
  withoutMentions(text).replace(/[\\*_~`|#>[\]()<:-]/g, (sign) => `\\${sign}`);

/** One embed of at most 6,000 characters; nobody is called by it, whatever stands in it. */
export function discordMessage(event: EventEnvelope): object {
  const { title, text, url, fields, tone } = eventNotice(event);
  return {
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: cut(plain(title), LONGEST_TITLE),
        ...(url !== null && { url }),
        ...(text !== '' && { description: cut(plain(text), 3_000) }),
        color: COLOURS[tone],
        fields: fields.map(({ name, value }) => ({ name, value: cut(plain(value), 240), inline: true })),
        footer: { text: event.type },
        timestamp: event.timestamp,
      },
    ],
  };
}

/** By whole signs: neither a character nor an escape is cut in two. */
function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  let kept = '';
  for (const [sign] of text.matchAll(/\\?./gsu)) {
    if (kept.length + sign.length >= longest) break;
    kept += sign;
  }
  return `${kept}…`;
}
