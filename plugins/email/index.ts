import { definePlugin, globMatcher, localFault, rejected } from 'forgegate/sdk';
import { compose } from './message.js';
import type { StartTls } from './smtp.js';

interface PluginSettings {
  /** Globs of the addresses that subscriptions may name. */
  recipients: string[];
  /** PEM, for a mail server with a certificate of one's own. */
  ca?: string;
  tls?: StartTls;
}
interface Settings {
  to: string[];
  subject_prefix?: string;
}

const ADDRESS = "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$";
const NOT_SET_UP = 'mail is not set up: the operator must set FORGEGATE_SMTP_URL and FORGEGATE_MAIL_FROM';

export default definePlugin<PluginSettings>({
  setup(ctx) {
    const { mail, publicUrl } = ctx.gateway;
    const { ca, tls } = ctx.config;
    const isAllowed = globMatcher(ctx.config.recipients.map((glob) => glob.toLowerCase()));
    const stranger = (to: readonly string[]) => to.find((address) => !isAllowed(address.toLowerCase()));

    ctx.adapter<Settings>('email', {
      summary: 'Sends what happened as a mail, by the mail server of the gateway',
      url: 'none',
      signed: false,
      config: {
        type: 'object',
        additionalProperties: false,
        required: ['to'],
        properties: {
          to: {
            type: 'array',
            minItems: 1,
            maxItems: 50,
            uniqueItems: true,
            items: { type: 'string', pattern: ADDRESS, description: 'an e-mail address, without a name' },
          },
          subject_prefix: {
            type: 'string',
            maxLength: 100,
            pattern: '^[^\\x00-\\x1f\\x7f]*$',
            description: 'one line of text',
            default: '',
          },
        },
      },
      limits: { maxInFlight: 4 },
      check({ config }) {
        if (!mail) return NOT_SET_UP;
        const other = stranger(config.to);
        return other === undefined
          ? null
          : `config.to: ${other} is not among the recipients that the operator allows (configure_plugin, email)`;
      },
      async deliver({ event, delivery, endpoint, signal, net, record, store }) {
        const { to, subject_prefix: prefix = '' } = endpoint.config;
        if (!mail) return localFault('MAIL_NOT_SET_UP', { reason: NOT_SET_UP });
        if (stranger(to) !== undefined)
          return rejected('RECIPIENT_NOT_ALLOWED', { reason: 'the operator does not allow this recipient' });
        const { hostname } = new URL(publicUrl);
        const message = compose(event, { id: delivery.id, hostname, prefix, from: mail.from, to });
        record({
          target: `mail to ${to.join(', ')}`,
          request: `Subject: ${message.subject}\n\n${message.text}`,
        });

        // Loaded with the first mail: a gateway without mail does not carry it
        const { sendMail } = await import('./smtp.js');
        // Those who have it already do not get it again with the next attempt
        const key = `sent/${delivery.id}`;
        const done = ((await store.get(key)) ?? []) as string[];
        const left = to.filter((address) => !done.includes(address));
        const { outcome, accepted } = await sendMail(
          { url: mail.url, hostname, ca, tls, net, signal },
          message,
          left,
        );
        if (outcome.outcome === 'retry' && accepted.length > 0) await store.set(key, [...done, ...accepted]);
        else if (outcome.outcome !== 'retry' && outcome.outcome !== 'local_fault' && done.length > 0)
          await store.delete(key);
        return outcome;
      },
    });
  },
});
