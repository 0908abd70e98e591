import { Injectable } from '@nestjs/common';
import { EVENT_CONTRACTS, eventContract, type AnyContract } from '../../events/catalogue.js';
import { notFound } from '../../rpc/errors.js';

const ACTOR = {
  type: 'object',
  required: ['user_id', 'username'],
  properties: { user_id: { anyOf: [{ type: 'integer' }, { type: 'null' }] }, username: { type: 'string' } },
};

/** Which events there are, and what subscribers receive of each. */
@Injectable()
export class EventCatalogue {
  list() {
    return EVENT_CONTRACTS.map(({ type, version, summary }) => ({ event_type: type, version, summary }));
  }

  /** @throws RpcFault NOT_FOUND */
  get(type: string) {
    const contract = eventContract(type);
    if (!contract) throw notFound(`event type \`${type}\` does not exist`);
    const { version, summary } = contract;
    return {
      event_type: type,
      version,
      summary,
      schema: bodySchema(contract),
      example: bodyExample(contract),
    };
  }
}

/** Of the whole body, as it is sent. */
function bodySchema({ type, version, schema }: AnyContract) {
  const own = schema as { required?: string[]; properties?: object };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: `${type} v${version}`,
    type: 'object',
    required: ['type', 'version', 'timestamp', 'data'],
    properties: {
      type: { const: type },
      version: { const: version },
      timestamp: { type: 'string', format: 'date-time' },
      data: {
        ...own,
        required: ['event_id', 'actor', 'request_id', ...(own.required ?? [])],
        properties: {
          event_id: { type: 'integer' },
          actor: ACTOR,
          ...own.properties,
          request_id: { anyOf: [{ type: 'string' }, { type: 'null' }] },
        },
      },
    },
  };
}

/** A real example, with the members that every event has. */
export function bodyExample({ type, version, example }: AnyContract) {
  return {
    type,
    version,
    timestamp: '2026-03-06T10:15:33.120Z',
    data: {
      event_id: 501,
      actor: { user_id: 2, username: 'ada' },
      ...(example as Record<string, unknown>),
      request_id: '0f8fad5b-d9cb-469f-a165-70867728950e',
    },
  };
}
