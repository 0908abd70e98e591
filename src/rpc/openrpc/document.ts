import { FORGEGATE_VERSION } from '../../config/version.js';
import type { JsonObject } from '../../sdk/index.js';
import type { DescribedMethod } from '../described-method.js';
import { Components } from './components.js';
import type { ExecutedCall } from './executed-examples.js';
import { errorComponents } from './method-errors.js';
import { methodObject } from './method-object.js';

const DESCRIPTION = `JSON-RPC 2.0 of a Forgegate gateway. The key goes into \`Authorization: Bearer <key>\`. \
\`rpc.discover {"mine": true}\` leaves out what the caller could not call. Results are those of the dialect \`kallithea\`.`;

/**
 * An OpenRPC 1.4 document of these methods.
 * @param executed examples of all of them, in the order of execution
 * @param publicUrl of the gateway, without a slash at the end
 */
export function openRpcDocument(
  methods: readonly DescribedMethod[],
  executed: readonly ExecutedCall[],
  publicUrl: string,
): JsonObject {
  const components = new Components();
  const described = methods
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((method) =>
      methodObject(
        method,
        executed.filter((call) => call.method === method.name),
        components,
      ),
    );
  return {
    openrpc: '1.4.1',
    info: { title: 'Forgegate', version: FORGEGATE_VERSION, description: DESCRIPTION },
    servers: [{ name: 'gateway', url: `${publicUrl}/_admin/rpc` }],
    methods: described,
    components: { schemas: components.all(), errors: errorComponents() },
    'x-events': eventsOf(methods),
  };
}

/** Every event that a method may record, with the schema of its own part of `data`. */
function eventsOf(methods: readonly DescribedMethod[]): JsonObject {
  const contracts = new Map(
    methods.flatMap(({ emits = [] }) =>
      emits.map((contract) => [contract.type as string, contract] as const),
    ),
  );
  return Object.fromEntries(
    [...contracts]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([type, { version, summary, schema }]) => [
        type,
        { version, summary, schema: structuredClone(schema) as JsonObject },
      ]),
  );
}
