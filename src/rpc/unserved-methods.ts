/** Methods of RhodeCode 4 that the gateway does not have, each with the reason: callers and documentation are told it. */
export const UNSERVED_METHODS: Readonly<Record<string, string>> = {
  strip:
    'History is not rewritten: events, pull requests and comments name its commits. Push a revert instead.',
  set_repo_settings:
    'Repositories have no settings of this kind yet; `get_repo_settings` says how all are treated.',
  maintenance:
    'Tools are not started by calls. Run `git maintenance` or `hg debugupdatecaches` on the server.',
  get_repo_store:
    'Paths of the server are not told. Whoever runs it finds the folder with `forgegate config`.',
  search: 'Coming with a full-text index; `get_repo_fts_tree` and `get_repo_file` feed an outside one.',
  get_audit_logs: 'Coming with the audit log. The events of webhooks tell who did what until then.',
  get_user_audit_logs: 'Coming with the audit log. The events of webhooks tell who did what until then.',
  cleanup_sessions: 'There are no sessions: every call brings its key.',
  store_exception: 'Failures are in the log, under the request id that the answer carries.',

  test_ok: 'It tests the server of RhodeCode.',
  test_error: 'It tests the server of RhodeCode.',
  test_exception: 'It tests the server of RhodeCode.',
  test_params: 'It tests the server of RhodeCode.',
  test_params_opt: 'It tests the server of RhodeCode.',
  test_deprecated_method: 'It tests the server of RhodeCode.',
  test_forbidden_method: 'It tests the server of RhodeCode.',

  get_license_info: 'Forgegate needs no license key.',
  set_license_key: 'Forgegate needs no license key.',
  file_store_add: 'Files of the Enterprise edition: there is no store of artifacts.',
  file_store_add_with_acl: 'Files of the Enterprise edition: there is no store of artifacts.',
  file_store_get_info: 'Files of the Enterprise edition: there is no store of artifacts.',
  file_store_delete: 'Files of the Enterprise edition: there is no store of artifacts.',
  file_store_add_metadata: 'Files of the Enterprise edition: there is no store of artifacts.',
};

export const whyUnserved = (method: string): string | undefined =>
  Object.hasOwn(UNSERVED_METHODS, method) ? UNSERVED_METHODS[method] : undefined;
