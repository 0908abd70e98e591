import { randomBytes } from 'node:crypto';
import { Global, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { ConfigModule } from '../../src/config/config.module.js';
import { SecretBox } from '../../src/config/secret-box.js';
import type { Settings } from '../../src/config/settings.js';
import { DatabaseModule } from '../../src/database/database.module.js';
import { DeliveriesService } from '../../src/delivery/deliveries.service.js';
import { DeliveryModule } from '../../src/delivery/delivery.module.js';
import { SubscriptionsService } from '../../src/delivery/subscriptions.service.js';
import { EventsModule } from '../../src/events/events.module.js';
import { PluginHost } from '../../src/plugin-host/plugin-host.js';
import { createTestDatabase } from '../harness/postgres.js';
import { RIG_SETTINGS } from '../harness/delivery-rig.js';
import { WebhookReceiver } from '../harness/webhook-receiver.js';

@Global()
@Module({ providers: [{ provide: Registry, useFactory: () => new Registry() }], exports: [Registry] })
class RegistryModule {}

async function application(databaseUrl: string, box: SecretBox, roles: string[]) {
  const settings = {
    ...RIG_SETTINGS,
    roles: new Set(roles),
    databaseUrl,
    databasePoolSize: 5,
    allowPrivateNetworks: ['127.0.0.0/8'],
    egressProxy: null,
  } as unknown as Settings;
  const module = await Test.createTestingModule({
    imports: [ConfigModule.with(settings, box), RegistryModule, DatabaseModule, EventsModule, DeliveryModule],
  }).compile();
  return module.init();
}

describe('DeliveryModule', () => {
  it('delivers in processes with that role and starts plugins in all', async () => {
    const database = await createTestDatabase();
    const receiver = await WebhookReceiver.start();
    const box = new SecretBox(randomBytes(32));
    const api = await application(database.url, box, ['api']);
    try {
      const { subscription } = await api
        .get(SubscriptionsService)
        .create({ url: receiver.url, eventTypes: ['*'], createdBy: null });
      const ping = { caller: { userId: null, username: 'system' }, requestId: null };
      const eventId = await api.get(DeliveriesService).ping(subscription.webhookId, ping);
      expect(api.get(PluginHost).adapterNames()).toContain('webhook');
      expect(receiver.received).toEqual([]);

      const delivering = await application(database.url, box, ['delivery']);
      await receiver.has(1);
      const begun = performance.now();
      await delivering.close();
      expect(performance.now() - begun).toBeLessThan(5_000);
      const { items } = await api.get(DeliveriesService).list({ eventId });
      expect(items).toMatchObject([{ state: 'delivered' }]);
    } finally {
      await api.close();
      await receiver.close();
      await database.drop();
    }
  });
});
