import { either, listOf, mapOf, object, text } from '../../rpc/result-shapes.js';
import { UserNetwork } from '../users/users.results.js';

export const Addresses = object({ server_ip_addr: text, user_ips: listOf(UserNetwork) });

/** Names; a single one is followed by its arguments. */
export const MatchingMethods = listOf(either(text, mapOf(text)));

export const ServerInfo = object({
  modules: listOf(listOf(text)),
  py_version: text,
  platform: text,
  kallithea_version: text,
  git_version: text,
  git_path: text,
  hg_version: text,
  forgegate_version: text,
});
