import { rootCertificates } from 'node:tls';
import { pullRequestCreated, repoUpdated, type EventContract } from 'forgegate/sdk';
import {
  adapterConformance,
  deliverContext,
  memoryStore,
  setUpPlugin,
  type DeliverOptions,
} from 'forgegate/sdk/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import plugin from '../../plugins/email/index.js';
import { Database } from '../../src/database/database.js';
import { GuardedHttp } from '../../src/egress/guarded-http.js';
import { startTestGateway } from '../harness/gateway.js';
import { SELF_SIGNED } from '../harness/self-signed.js';
import { SmtpSink } from '../harness/smtp-sink.js';
import { WebhookReceiver } from '../harness/webhook-receiver.js';

const from = 'Gateway <gateway@example.com>';
let sink: SmtpSink;
beforeAll(async () => {
  sink = await SmtpSink.start();
});
afterAll(() => sink.close());
beforeEach(() => {
  sink.mails.length = 0;
  sink.refusals.clear();
  sink.refusal = null;
});

async function adapter(url: string | null = sink.url, settings: object = {}) {
  const mail = url === null ? null : { url, from };
  const config = { recipients: ['*'], ...settings };
  return (await setUpPlugin(plugin, { config, gateway: { mail } })).adapter('email');
}

/** @param settings of the plugin */
async function deliver(
  options: DeliverOptions = {},
  config: object = {},
  url = sink.url,
  settings: object = {},
) {
  const endpoint = { config: { to: ['ada@example.com'], ...config } };
  return (await adapter(url, settings)).deliver(
    deliverContext({ contract: repoUpdated, ...options, endpoint }),
  );
}

const pullRequest = (change: object): EventContract => ({
  ...pullRequestCreated,
  example: {
    ...pullRequestCreated.example,
    pull_request: { ...pullRequestCreated.example.pull_request, ...change },
  },
});

describe('the email adapter', () => {
  const gateway = {
    get mail() {
      return { url: sink.url, from };
    },
  };
  const endpoint = { config: { to: ['ada@example.com'] } };
  const cases = adapterConformance({
    plugin,
    adapter: 'email',
    config: { recipients: ['*'] },
    endpoint,
    gateway,
    http: 'none',
  });
  it.concurrent.each(cases)('$name', ({ run }) => run());
});

describe('a mail', () => {
  it('sends one mail with an id that stays, in the conversation of its pull request', async () => {
    const exchanges: object[] = [];
    const outcome = await deliver(
      { contract: pullRequestCreated, record: (exchange) => exchanges.push(exchange) },
      { to: ['ada@example.com', 'bob@example.com'], subject_prefix: '[code]' },
    );
    expect(outcome).toEqual({ outcome: 'delivered', code: 'SMTP_250', status: 250 });
    const [mail] = sink.mails;
    expect(sink.mails).toHaveLength(1);
    expect(mail).toMatchObject({ from: 'gateway@example.com', to: ['ada@example.com', 'bob@example.com'] });
    const headers = mail?.headers.split('\r\n');
    expect(headers).toEqual(
      expect.arrayContaining([
        'From: Gateway <gateway@example.com>',
        'To: ada@example.com, bob@example.com',
        'Subject: [code] ada opened pull request #7 of tools/parser: Read numbers with exponents',
        'Message-ID: <msg_9001@gateway.example>',
        'References: <pull-request.42.7@gateway.example>',
        'Auto-Submitted: auto-generated',
        'X-Forgegate-Event: pull_request.created',
      ]),
    );
    expect(mail?.text).toContain('From: exponents\r\nInto: main');
    expect(mail?.text).toContain('<a href="https://code.example.com/tools/parser/pull-request/7">');
    expect(exchanges).toEqual([
      {
        target: 'mail to ada@example.com, bob@example.com',
        request: expect.stringMatching(/^Subject: \[code\] ada opened/),
      },
    ]);
  });

  it('lets no title add a header, and no text add mark-up', async () => {
    const contract = pullRequest({
      title: 'x\r\nBcc: all@example.com\r\n\r\n<b>',
      description: '<script>alert(1)</script>"\'&',
    });
    expect(await deliver({ contract })).toMatchObject({ outcome: 'delivered' });
    const [mail] = sink.mails;
    expect(mail?.to).toEqual(['ada@example.com']);
    expect(mail?.headers).toContain('tools/parser: x Bcc: all@example.com <b>');
    expect(mail?.headers.split('\r\n').filter((line) => /^bcc/i.test(line))).toEqual([]);
    const html = mail?.text.slice(mail.text.indexOf('<!doctype html>')) ?? '';
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;');
    expect(html).not.toMatch(/<script|<b>(?!ada)/);
  });

  it.each([
    [550, 'rejected', 'SMTP_550'],
    [451, 'retry', 'SMTP_451'],
  ])('takes %i for the only recipient for %s', async (code, outcome, name) => {
    sink.refusals.set('ada@example.com', code);
    expect(await deliver()).toMatchObject({ outcome, code: name, status: code });
  });

  it.each([
    [552, 'rejected'],
    [452, 'retry'],
    [421, 'local_fault'],
  ])('takes %i for the mail itself for %s', async (code, outcome) => {
    sink.refusal = code;
    expect(await deliver()).toMatchObject({ outcome });
  });

  it('tries again only for those who were refused for a while', async () => {
    const store = memoryStore();
    const to = ['ada@example.com', 'bob@example.com', 'eve@example.com'];
    sink.refusals.set('bob@example.com', 451).set('eve@example.com', 550);
    expect(await deliver({ store }, { to })).toMatchObject({ outcome: 'retry', code: 'SMTP_451' });
    sink.refusals.delete('bob@example.com');
    expect(await deliver({ store }, { to })).toEqual({
      outcome: 'delivered',
      code: 'SMTP_250',
      status: 250,
      reason: 'eve@example.com (550) will never get it',
    });
    expect(sink.mails.map((mail) => mail.to)).toEqual([['ada@example.com'], ['bob@example.com']]);
    expect(await store.get('sent/msg_9001')).toBeUndefined();
  });

  it('dials through the address policy', async () => {
    const http = new GuardedHttp({ allowPrivateNetworks: [] });
    expect(await deliver({ net: http })).toMatchObject({
      outcome: 'blocked',
      code: 'ADDRESS_BLOCKED',
      reason: expect.stringMatching(
        /FORGEGATE_SMTP_URL: 127\.0\.0\.1 is a loopback .*FORGEGATE_ALLOW_PRIVATE_NETWORKS/,
      ),
    });
    expect(sink.mails).toEqual([]);
  });

  it('holds a mail server that is away against nobody', async () => {
    const gone = await SmtpSink.start();
    const { url } = gone;
    await gone.close();
    expect(await deliver({}, {}, url)).toMatchObject({ outcome: 'local_fault', code: 'CONNECTION_REFUSED' });
  });

  it('never sends a password in clear', async () => {
    const url = sink.url.replace('//', '//forgegate:s3cret@');
    const outcome = await deliver({}, {}, url);
    expect(outcome).toMatchObject({ outcome: 'local_fault', code: 'SMTP_ETLS' });
    expect(JSON.stringify(outcome)).not.toContain('s3cret');
    expect(sink.mails).toEqual([]);
  });

  it('says why a subscription cannot be saved', async () => {
    const check = (subject: Awaited<ReturnType<typeof adapter>>, to: string[]) =>
      subject.check?.({ url: '', config: { to } });
    expect(check(await adapter(null), ['ada@example.com'])).toMatch(
      /must set FORGEGATE_SMTP_URL and FORGEGATE_MAIL_FROM/,
    );
    const limited = await adapter(sink.url, { recipients: ['*@Example.com'] });
    expect(check(limited, ['ada@example.com'])).toBeNull();
    expect(check(limited, ['ada@example.com', 'eve@example.org'])).toMatch(
      /^config\.to: eve@example\.org is not among/,
    );
    const options = { endpoint: { config: { to: ['eve@example.org'] } } };
    expect(await limited.deliver(deliverContext(options))).toMatchObject({ outcome: 'rejected' });
  });
});

describe('a mail server that asks for a password', () => {
  const login = { user: 'forgegate', password: 's3cret' };
  let guarded: SmtpSink;
  const start = async (tls?: typeof SELF_SIGNED) => {
    guarded = await SmtpSink.start({ login, ...(tls && { tls }) });
  };
  afterEach(() => guarded.close());
  const send = (password: string, ca?: string) => {
    const { port } = new URL(guarded.url);
    return deliver({}, {}, `smtp://forgegate:${password}@localhost:${port}`, { ...(ca && { ca }) });
  };

  it('gets it by STARTTLS, with a certificate of the authority that the operator named', async () => {
    await start(SELF_SIGNED);
    expect(await send('s3cret', SELF_SIGNED.cert)).toMatchObject({ outcome: 'delivered', code: 'SMTP_250' });
    expect(guarded.mails).toHaveLength(1);
    expect(guarded.logins).toEqual([{ user: 'forgegate', secure: true }]);
    expect(guarded.senders).toEqual([{ address: 'gateway@example.com', secure: true }]);
  });

  it('is a fault of the gateway when it refuses the password, which is told to nobody', async () => {
    await start(SELF_SIGNED);
    const outcome = await send('wr0ng', SELF_SIGNED.cert);
    expect(outcome).toMatchObject({ outcome: 'local_fault', code: 'SMTP_AUTH' });
    expect(JSON.stringify(outcome)).not.toContain('wr0ng');
    expect(guarded.logins).toEqual([{ user: 'forgegate', secure: true }]);
    expect(guarded.mails).toEqual([]);
  });

  it('gets nothing in clear when it offers no STARTTLS', async () => {
    await start();
    expect(await send('s3cret')).toMatchObject({
      outcome: 'local_fault',
      code: 'SMTP_ETLS',
      reason: expect.stringContaining('offers no STARTTLS'),
    });
    expect([guarded.logins, guarded.senders, guarded.mails]).toEqual([[], [], []]);
  });

  it.each([
    ['the machine', undefined],
    ['another authority', rootCertificates[0]],
  ])('gets nothing when its certificate is unknown to %s', async (_whom, ca) => {
    await start(SELF_SIGNED);
    expect(await send('s3cret', ca)).toMatchObject({
      outcome: 'local_fault',
      code: 'TLS_FAILED',
      reason: expect.stringMatching(/FORGEGATE_SMTP_URL: .*certificate is refused/),
    });
    expect([guarded.logins, guarded.senders, guarded.mails]).toEqual([[], [], []]);
  });
});

describe('a mail server that asks for no password', () => {
  let open: SmtpSink;
  afterEach(() => open.close());
  const send = async (settings: object, tls?: typeof SELF_SIGNED) => {
    open = await SmtpSink.start(tls && { tls });
    const { port } = new URL(open.url);
    const outcome = await deliver({}, {}, `smtp://localhost:${port}`, settings);
    return [outcome.code, ...open.senders.map(({ secure }) => (secure ? 'by TLS' : 'in clear'))];
  };
  const ca = SELF_SIGNED.cert;

  it.each([
    ['required', ['SMTP_ETLS']],
    ['if_offered', ['SMTP_250', 'in clear']],
    ['never', ['SMTP_250', 'in clear']],
  ])('and offers no STARTTLS: %s', async (tls, became) => {
    expect(await send({ tls })).toEqual(became);
    expect(open.mails).toHaveLength(became.length - 1);
  });

  it.each([
    ['required', ['SMTP_250', 'by TLS']],
    ['if_offered', ['SMTP_250', 'by TLS']],
    ['never', ['SMTP_250', 'in clear']],
  ])('and offers STARTTLS: %s', async (tls, became) => {
    expect(await send({ tls, ca }, SELF_SIGNED)).toEqual(became);
  });

  it.each(['required', 'if_offered'])('and has a certificate that is unknown: %s', async (tls) => {
    expect(await send({ tls }, SELF_SIGNED)).toEqual(['TLS_FAILED']);
  });
});

describe('the owner of a repository', () => {
  it('gets mails when a webhook of it is warned and disabled', async () => {
    const receiver = await WebhookReceiver.start();
    receiver.answer = (_received, response) => response.writeHead(500).end();
    const gateway = await startTestGateway({ FORGEGATE_SMTP_URL: sink.url, FORGEGATE_MAIL_FROM: from });
    const failedFor = (webhookId: number, days: number, failures: number) =>
      gateway.app
        .get(Database)
        .query(
          `UPDATE webhook SET failing_since = now() - $2::int * interval '1 day', failures = $3 WHERE webhook_id = $1`,
          [webhookId, days, failures],
        );
    try {
      const { key } = await gateway.createUser('ada');
      await gateway.call('create_repo', { repo_name: 'proj', repo_type: 'git', owner: 'ada' });
      const subscribe = (args: object) =>
        gateway.call<{ webhook_id: number }>('create_webhook', { repoid: 'proj', ...args }, key);
      await subscribe({
        adapter: 'email',
        event_types: ['webhook.warned', 'webhook.disabled'],
        config: { to: ['ada@example.com'] },
      });
      const { webhook_id } = await subscribe({ url: receiver.url, event_types: ['repo.updated'] });
      const mailed = async (count: number) => {
        await gateway.call('update_repo', { repoid: 'proj', description: `words ${count}` }, key);
        await expect.poll(() => sink.mails.length, { timeout: 10_000 }).toBe(count);
        return sink.mails[count - 1];
      };
      await failedFor(webhook_id, 3, 12);
      expect(await mailed(1)).toMatchObject({
        to: ['ada@example.com'],
        headers: expect.stringContaining(`warns: webhook ${webhook_id} (webhook) keeps failing`),
        text: expect.stringContaining('On the way to it: 50 %'),
      });
      await failedFor(webhook_id, 5, 30);
      expect(await mailed(2)).toMatchObject({
        to: ['ada@example.com'],
        headers: expect.stringContaining(`disabled webhook ${webhook_id} (webhook)`),
        text: expect.stringContaining('nothing was delivered for days'),
      });
    } finally {
      await gateway.close();
      await receiver.close();
    }
  });
});

describe('operators', () => {
  it('get a mail when a webhook of somebody is disabled', async () => {
    const receiver = await WebhookReceiver.start();
    receiver.answer = (_received, response) => response.writeHead(410).end();
    const gateway = await startTestGateway({ FORGEGATE_SMTP_URL: sink.url, FORGEGATE_MAIL_FROM: from });
    try {
      await gateway.call('create_webhook', {
        adapter: 'email',
        event_types: ['webhook.warned', 'webhook.disabled'],
        config: { to: ['ops@example.com'] },
      });
      await gateway.call('create_repo', { repo_name: 'proj', repo_type: 'git' });
      const { webhook_id } = await gateway.call<{ webhook_id: number }>('create_webhook', {
        url: receiver.url,
        event_types: ['repo.updated'],
        repoid: 'proj',
        description: 'build server',
      });
      await gateway.call('update_repo', { repoid: 'proj', description: 'new words' });
      while (sink.mails.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(sink.mails[0]).toMatchObject({
        to: ['ops@example.com'],
        headers: expect.stringContaining(
          `Subject: forgegate disabled webhook ${webhook_id} (webhook, build server)`,
        ),
        text: expect.stringContaining('the receiver says that this endpoint is gone for good'),
      });
    } finally {
      await gateway.close();
      await receiver.close();
    }
  });
});
