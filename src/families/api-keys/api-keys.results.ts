import {
  expiry,
  id,
  listOf,
  localTime,
  message,
  named,
  nothing,
  orNull,
  text,
} from '../../rpc/result-shapes.js';

export const ApiKey = named('ApiKey', {
  api_key_id: id,
  user: text,
  prefix: text,
  description: text,
  dialect: orNull(text),
  scopes: orNull(listOf(text)),
  ips: orNull(listOf(text)),
  created_on: localTime,
  expires: expiry,
  last_used_at: orNull(localTime),
  last_used_ip: orNull(text),
  replaced_by: orNull(id),
});

export const CreatedApiKey = message({ api_key: text, ...ApiKey.properties });
export const RotatedApiKey = message({ api_key: text, ...ApiKey.properties, previous: ApiKey });
export const DeletedApiKey = message({ api_key: nothing });
