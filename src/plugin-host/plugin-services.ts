import type { Json, JsonObject, PluginHttp, PluginStore } from '../sdk/index.js';
import type { PluginManifest } from './plugin-manifest.js';

/** What one plugin reaches of the gateway, held to its capabilities by whoever makes it. */
export interface PluginServices {
  readonly store: PluginStore;
  readonly http: PluginHttp;
  call(method: string, args: JsonObject): Promise<Json>;
  emit(type: string, data: JsonObject, about?: { readonly repoid: number | string }): Promise<number>;
}

/** Given to the host by the floors above it. */
export type ServicesFor = (id: string, manifest: PluginManifest | null) => PluginServices;

/** What operators decided about a plugin. */
export interface PluginDecision {
  /** Null: as its manifest says. */
  readonly enabled: boolean | null;
  /** As it was saved, secrets in clear; checked against the manifest's schema when it is used. */
  readonly config: JsonObject;
}
export type DecisionFor = (id: string) => Promise<PluginDecision>;

export const UNDECIDED: PluginDecision = { enabled: null, config: {} };

/** For a host without the floors above it: state, and nothing else. */
export function storeOnly(store: PluginStore): PluginServices {
  const missing = () =>
    Promise.reject(new Error('this process of the gateway does not offer that to plugins'));
  return { store, http: { request: missing }, call: missing, emit: missing };
}
