import { createRequire } from 'node:module';
import { EmbedBuilder } from '@discordjs/builders';
import * as sdk from 'forgegate/sdk';
import type { EventContract } from 'forgegate/sdk';
import { deliverContext } from 'forgegate/sdk/testing';
import { describe, expect, it } from 'vitest';
import { discordMessage } from '../../plugins/discord/message.js';
import { teamsMessage } from '../../plugins/ms-teams/message.js';

/** Microsoft's own reader of cards; its ES modules do not load in Node. */
interface Cards {
  AdaptiveCard: new () => {
    parse(card: object, context: unknown): void;
    validateProperties(): { validationEvents: unknown[] };
    getItemCount(): number;
  };
  SerializationContext: new () => { eventCount: number };
}
const cards = createRequire(import.meta.url)('adaptivecards/dist/adaptivecards.js') as Cards;

const contracts = (Object.values(sdk) as unknown[]).filter(
  (value): value is EventContract => typeof value === 'object' && value !== null && 'example' in value,
);
/** As long and as strange as people can make it. */
const strange = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(strange);
  if (typeof value === 'string')
    return /^(https?:|\d{4}-)/.test(value) ? value : `${value} ${'*<&@🚀"'.repeat(1_000)}`;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, strange(member)]));
};
const cases = contracts.flatMap((contract) => [
  { name: contract.type, event: deliverContext({ contract }).event },
  {
    name: `${contract.type} with long texts`,
    event: deliverContext({ contract: { ...contract, example: strange(contract.example) } }).event,
  },
]);

describe('a message to Teams', () => {
  it.each(cases)('is a card without faults: $name', ({ event }) => {
    const [attachment] = (teamsMessage(event) as { attachments: { content: { body: unknown[] } }[] })
      .attachments;
    const [card, context] = [new cards.AdaptiveCard(), new cards.SerializationContext()];
    card.parse(attachment?.content ?? {}, context);
    expect(context.eventCount).toBe(0);
    expect(card.validateProperties().validationEvents).toEqual([]);
    expect(card.getItemCount()).toBe(attachment?.content.body.length);
    expect(Buffer.byteLength(JSON.stringify(attachment))).toBeLessThan(28_000);
  });
});

describe('a message to Discord', () => {
  it.each(cases)('keeps to what it takes: $name', ({ event }) => {
    const [embed] = (discordMessage(event) as { embeds: ConstructorParameters<typeof EmbedBuilder>[0][] })
      .embeds;
    const built = new EmbedBuilder(embed).toJSON();
    const { title = '', description = '', footer, fields = [], url = null } = built;
    new EmbedBuilder()
      .setTitle(title)
      .setURL(url)
      .setDescription(description === '' ? null : description)
      .setFooter(footer ?? null)
      .addFields(fields);
    const texts = [
      title,
      description,
      footer?.text ?? '',
      ...fields.flatMap(({ name, value }) => [name, value]),
    ];
    expect(texts.join('').length).toBeLessThanOrEqual(6_000);
  });
});
