import {
  anything,
  flag,
  id,
  integer,
  listOf,
  mapOf,
  message,
  named,
  object,
  oneOf,
  orNull,
  text,
} from '../../rpc/result-shapes.js';

export const Plugin = named('Plugin', {
  plugin_id: text,
  version: orNull(text),
  summary: text,
  origin: oneOf('tree', 'folder', 'npm'),
  kinds: listOf(text),
  isolation: orNull(text),
  enabled: flag,
  state: oneOf('running', 'paused', 'restarting', 'disabled', 'refused', 'failed', 'stopped'),
  code: orNull(text),
  reason: orNull(text),
  last_error: orNull(text),
  hosts: orNull(oneOf('enforced', 'advisory')),
  capabilities: mapOf(anything),
  adapters: listOf(text),
  methods: listOf(text),
});

export const PluginDetails = object({
  plugin: Plugin,
  config: mapOf(anything),
  config_schema: mapOf(anything),
});
export const ChangedPlugin = message({ plugin: Plugin });

export const PolicyTrial = object({
  policy: text,
  asked: integer,
  refused: integer,
  decisions: listOf(
    object({
      event_id: id,
      timestamp: text,
      action: oneOf('push', 'merge', 'create', 'delete'),
      repo_name: text,
      username: text,
      allowed: flag,
      failed: flag,
      reason: orNull(text),
    }),
  ),
});
