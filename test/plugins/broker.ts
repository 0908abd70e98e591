import { rootCertificates } from 'node:tls';
import { repoUpdated, type Outcome } from 'forgegate/sdk';
import { adapterConformance, deliverContext, setUpPlugin, type DeliverOptions } from 'forgegate/sdk/testing';
import { expect, it } from 'vitest';
import plugin from '../../plugins/broker/index.js';
import { GuardedHttp } from '../../src/egress/guarded-http.js';
import { SELF_SIGNED } from '../harness/self-signed.js';

export interface Publishing {
  readonly url: () => string;
  readonly config: Record<string, unknown>;
}

/** One delivery of `repo.updated`, by the adapter of a plugin that is set up for it and stopped afterwards. */
export async function publish(
  { url, config }: Publishing,
  change: object = {},
  options: DeliverOptions = {},
): Promise<Outcome> {
  const running = await setUpPlugin(plugin);
  const endpoint = { url: url(), config: { ...config, ...change } };
  try {
    return await running
      .adapter('broker')
      .deliver(deliverContext({ contract: repoUpdated, ...options, endpoint }));
  } finally {
    await running.stop();
  }
}

/** What every broker must keep to, the conformance suite among it. */
export function keepsToTheRules(broker: Publishing, away: string): void {
  const endpoint = {
    get url() {
      return broker.url();
    },
    config: broker.config,
  };
  it.each(adapterConformance({ plugin, adapter: 'broker', endpoint, http: 'none' }))('$name', ({ run }) =>
    run(),
  );

  it('dials through the address policy', async () => {
    const net = new GuardedHttp({ allowPrivateNetworks: [] });
    expect(await publish(broker, {}, { net })).toMatchObject({
      outcome: 'blocked',
      code: 'ADDRESS_BLOCKED',
      reason: expect.stringContaining('FORGEGATE_ALLOW_PRIVATE_NETWORKS'),
    });
  });

  it('tries again when nobody is there', async () => {
    expect(await publish({ ...broker, url: () => away })).toMatchObject({
      outcome: 'retry',
      code: 'CONNECTION_REFUSED',
    });
  });
}

/** @param secret stands in the settings of these cases, and in no answer */
export function judges(
  broker: Publishing,
  secret: string,
  cases: readonly (readonly [what: string, change: object, outcome: Outcome['outcome'], code: string])[],
): void {
  it.each(cases)('takes %s for %3$s', async (_what, change, outcome, code) => {
    const result = await publish(broker, change);
    expect(result).toMatchObject({ outcome, code });
    expect(JSON.stringify(result)).not.toContain(secret);
  });
}

/** @param secure by TLS at `localhost`, with the certificate `SELF_SIGNED` @param code of a delivery */
export function believesNoOtherCertificate(secure: Publishing, code: string): void {
  const ca = SELF_SIGNED.cert;

  it('believes the certificate that it was given', async () => {
    expect(await publish(secure, { ca })).toEqual({ outcome: 'delivered', code });
  });

  it.each([
    ['nobody vouches for', 'localhost', undefined],
    ['another authority would have to vouch for', 'localhost', rootCertificates[0]],
    ['is for another name', '127.0.0.1', ca],
  ])('takes a certificate that %s for a failure of the broker', async (_what, host, authority) => {
    const there = { ...secure, url: () => secure.url().replace('localhost', host) };
    expect(await publish(there, { ...(authority !== undefined && { ca: authority }) })).toEqual({
      outcome: 'retry',
      code: 'TLS_FAILED',
      reason: expect.stringMatching(/^the receiver's certificate is refused \([A-Z_]+\)$/),
    });
  });
}

/** The broker takes 64 KiB. */
export function rejectsWhatIsTooLarge(broker: Publishing, code: string): void {
  it('rejects what is larger than the broker takes', async () => {
    const example = {
      ...repoUpdated.example,
      repo: { ...repoUpdated.example.repo, description: 'x'.repeat(70_000) },
    };
    const contract = { ...repoUpdated, example } as never;
    expect(await publish(broker, {}, { contract })).toMatchObject({ outcome: 'rejected', code });
  });
}
