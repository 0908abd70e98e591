import { definePlugin, outcomeOfFailure, socketFailure } from 'forgegate/sdk';
import { Connections } from './connections.js';
import { messageOf } from './message.js';
import { CONFIG, SCHEMES, settingsProblem, targetOf, type Settings } from './settings.js';
import { untilAborted } from './until-aborted.js';

const connections = new Connections();

export default definePlugin({
  setup(ctx) {
    ctx.adapter<Settings>('broker', {
      summary:
        'Publishes the event to NATS JetStream, RabbitMQ, a Redis stream, MQTT or Kafka, and waits for its word',
      url: 'required',
      urlSchemes: Object.keys(SCHEMES),
      signed: false,
      config: CONFIG,
      limits: { maxInFlight: 20 },
      check: ({ url, config }) => settingsProblem(url, config),
      async deliver({ event, delivery, endpoint, signal, net, record }) {
        const target = targetOf(endpoint.url, endpoint.config);
        const message = messageOf(event, delivery, target);
        record({ target: `${target.kind} ${target.host}: ${message.destination}`, request: message.body });
        try {
          const connection = await untilAborted(connections.of(target, net, signal), signal);
          try {
            return await untilAborted(connection.publish(message), signal);
          } catch (error) {
            // What it has still to say is not known: the next attempt dials anew
            connections.drop(target);
            throw error;
          }
        } catch (error) {
          if (isDefect(error)) throw error;
          return outcomeOfFailure(socketFailure(error));
        }
      },
    });
  },
  stop: () => connections.close(),
});

/** Of ours or of a client: no fault of the broker. */
const isDefect = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
