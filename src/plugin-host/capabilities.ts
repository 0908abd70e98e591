import picomatch from 'picomatch';
import { globMatcher, HttpFailure, type PluginHttp } from '../sdk/index.js';
import type { PluginManifest } from './plugin-manifest.js';

type Matches = (text: string) => boolean;

/** What `capabilities` of a manifest allow. What it does not name is not allowed. */
export class Capabilities {
  readonly mayCall: Matches;
  /** `webhook.ping` is seen by all: it is how an operator tries a subscription. */
  readonly sees: Matches;
  private readonly reaches: Matches;

  constructor(manifest: PluginManifest | null) {
    const { methods, events, hosts } = manifest?.capabilities ?? {};
    this.mayCall = globs(methods);
    const seen = globMatcher(events ?? []);
    this.sees = (type) => type === 'webhook.ping' || seen(type);
    const reached = hostMatcher(hosts);
    this.reaches = (url) => URL.canParse(url) && reached(new URL(url).hostname.toLowerCase());
  }

  /** The same way out, to the declared hosts only. */
  within(http: PluginHttp): PluginHttp {
    return {
      request: (url, request) => {
        if (this.reaches(url)) return http.request(url, request);
        const host = URL.canParse(url) ? new URL(url).hostname : 'this address';
        const message = `${host} is not among capabilities.hosts of the plugin`;
        return Promise.reject(new HttpFailure('blocked', 'HOST_NOT_DECLARED', message));
      },
    };
  }
}

function globs(list: readonly string[] | undefined): Matches {
  return !list || list.length === 0 ? () => false : picomatch([...list], { dot: true });
}

/** A `*` does not reach beyond a dot here, unless it stands alone. */
function hostMatcher(hosts: readonly string[] = []): Matches {
  if (hosts.includes('*')) return () => true;
  const patterns = hosts.map((host) =>
    host
      .toLowerCase()
      .split('.')
      .map((label) => globMatcher([label])),
  );
  return (host) => {
    const labels = host.split('.');
    return patterns.some(
      (pattern) => pattern.length === labels.length && pattern.every((fits, at) => fits(labels[at] ?? '')),
    );
  };
}
