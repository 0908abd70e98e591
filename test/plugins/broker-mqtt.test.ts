import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectAsync, type IPublishPacket, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, isMissing, startBroker, type Broker } from '../harness/brokers.js';
import { SELF_SIGNED } from '../harness/self-signed.js';
import {
  believesNoOtherCertificate,
  judges,
  keepsToTheRules,
  publish,
  rejectsWhatIsTooLarge,
} from './broker.js';

describe.skipIf(isMissing('mosquitto'))('the broker adapter with MQTT', () => {
  let broker: Broker;
  let tlsPort: number;
  let client: MqttClient;
  const heard: { topic: string; body: string; packet: IPublishPacket }[] = [];
  beforeAll(async () => {
    tlsPort = await freePort();
    broker = await startBroker('mosquitto', {
      files: (folder, port) => ({
        'mosquitto.conf': [
          // as root it would become somebody who cannot read this folder
          'user root',
          `password_file ${folder}/passwords`,
          `acl_file ${folder}/acl`,
          'max_packet_size 65536',
          `listener ${port} 127.0.0.1`,
          `listener ${tlsPort} 127.0.0.1`,
          `certfile ${folder}/cert.pem`,
          `keyfile ${folder}/key.pem`,
        ].join('\n'),
        passwords: passwords(folder),
        acl: 'user writer\ntopic readwrite forge/#\nuser reader\ntopic read forge/#\n',
        'cert.pem': SELF_SIGNED.cert,
        'key.pem': SELF_SIGNED.key,
      }),
      args: (folder) => ['-c', join(folder, 'mosquitto.conf')],
    });
    client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
      username: 'writer',
      password: 's3cret',
      protocolVersion: 5,
    });
    client.on('message', (topic, body, packet) => heard.push({ topic, body: body.toString(), packet }));
    await client.subscribeAsync('forge/heard/#', { qos: 1 });
  });
  afterAll(async () => {
    await client.endAsync(true);
    await broker.stop();
  });
  const to = {
    url: () => `mqtt://127.0.0.1:${broker.port}`,
    config: { destination: 'forge/{type}', username: 'writer', password: 's3cret' },
  };

  keepsToTheRules(to, 'mqtt://127.0.0.1:1');

  it('is acknowledged and heard, with its id and type', async () => {
    expect(await publish(to, { destination: 'forge/heard/{type}' })).toEqual({
      outcome: 'delivered',
      code: 'MQTT_PUBACK',
    });
    while (heard.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(heard).toHaveLength(1);
    expect(heard[0]?.topic).toBe('forge/heard/repo.updated');
    expect(JSON.parse(heard[0]?.body ?? '')).toMatchObject({ type: 'repo.updated' });
    expect(heard[0]?.packet).toMatchObject({
      qos: 1,
      properties: {
        contentType: 'application/json',
        userProperties: { 'webhook-id': 'msg_9001', 'forgegate-event': 'repo.updated' },
      },
    });
  });

  judges(to, 's3cret', [
    ['a wrong password', { password: 'wrong' }, 'gone', 'MQTT_REFUSED'],
    ['a user without the right', { username: 'reader' }, 'gone', 'MQTT_135'],
  ]);

  rejectsWhatIsTooLarge(to, 'MQTT_TOO_LARGE');

  believesNoOtherCertificate({ ...to, url: () => `mqtts://localhost:${tlsPort}` }, 'MQTT_PUBACK');

  it('is tried again when the broker goes away without a word', async () => {
    process.kill(broker.pid, 'SIGSTOP');
    try {
      const signal = AbortSignal.timeout(300);
      expect(await publish(to, {}, { signal })).toMatchObject({ outcome: 'retry', code: 'TIMEOUT' });
    } finally {
      process.kill(broker.pid, 'SIGCONT');
    }
    expect(await publish(to)).toMatchObject({ outcome: 'delivered' });
  });
});

/** As mosquitto keeps them. */
function passwords(folder: string): string {
  const file = join(folder, 'plain');
  writeFileSync(file, 'writer:s3cret\nreader:s3cret\n');
  execFileSync('mosquitto_passwd', ['-U', file]);
  return readFileSync(file, 'utf8');
}
