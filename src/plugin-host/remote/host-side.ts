import { isDeepStrictEqual } from 'node:util';
import { HttpFailure, type HttpRequest, type JsonObject, type WireRecord } from '../../sdk/index.js';
import { runningPlugin } from '../boundary.js';
import type { TierPlugin } from '../tiers/tier.js';
import { RemoteError, type Served } from './peer.js';
import { asJson, textOf } from './protocol.js';
import type { Invocations } from './remote-definition.js';

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** What a plugin in another process may ask of the gateway; each is the same that `ctx` gives in process. */
export function servedToPlugin(
  { log, services, capabilities }: TierPlugin,
  invocations: Invocations,
): Served {
  const { store } = services;
  const served: Served = {
    log: ({ level, message, details }) => {
      const known = LEVELS.find((each) => each === level) ?? 'info';
      log[known](textOf(message), details as JsonObject | undefined);
      return null;
    },
    'store.get': async ({ key }) => ({ value: (await store.get(textOf(key))) ?? null }),
    'store.set': async ({ key, value }) => {
      await store.set(textOf(key), value ?? null);
      return null;
    },
    'store.delete': async ({ key }) => {
      await store.delete(textOf(key));
      return null;
    },
    // `expected` is what the plugin saw; absent: nothing. False: somebody changed it meanwhile, look again.
    'store.swap': async ({ key, expected, value }) => {
      let isSame = false;
      await store.update(textOf(key), (now) => {
        isSame = isDeepStrictEqual(now, expected);
        return isSame ? value : now;
      });
      return isSame;
    },
    'http.request': async ({ invocation, url, ...request }) => {
      const http =
        invocation === undefined
          ? capabilities.within(services.http)
          : invocations.networkOf(invocation)?.http;
      if (!http) throw new RemoteError('this delivery is over');
      return asJson(await http.request(textOf(url), request as HttpRequest).catch(asRemote));
    },
    'net.addresses': async ({ invocation, hostname }) => {
      const network = invocations.networkOf(invocation);
      if (!network) throw new RemoteError('this delivery is over');
      return asJson(await network.net.addressesOf(textOf(hostname)).catch(asRemote));
    },
    record: ({ invocation, ...exchange }) => {
      invocations.networkOf(invocation)?.record(exchange as unknown as WireRecord);
      return null;
    },
    call: ({ method, args }) => services.call(textOf(method), (args ?? {}) as JsonObject),
    emit: ({ type, data, about }) =>
      services.emit(
        textOf(type),
        (data ?? {}) as JsonObject,
        about as { repoid: number | string } | undefined,
      ),
  };
  // It goes on within the plugin's call, but what the gateway does for a plugin is its own doing
  return Object.fromEntries(
    Object.entries(served).map(([name, serve]): [string, Served[string]] => [
      name,
      (params, signal) => runningPlugin.exit(() => serve(params, signal)),
    ]),
  );
}

function asRemote(error: unknown): never {
  if (!(error instanceof HttpFailure)) throw error;
  throw new RemoteError(error.message, { kind: 'http', failure: error.kind, code: error.code });
}
