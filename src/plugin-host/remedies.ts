/** What mends a plugin that does not run, by the code in its report. */
export const REMEDIES: Readonly<Record<string, string>> = {
  MANIFEST_MISSING: 'Put a plugin.json into the folder; `forgegate plugin new` makes one.',
  MANIFEST_INVALID:
    'Mend the named member of plugin.json; plugins/plugin.schema.json says what may stand there.',
  ID_MISMATCH: 'Call the folder as the plugin is called, or the other way round.',
  DUPLICATE_ID: 'Remove one of the two, from plugins/, FORGEGATE_PLUGINS_DIR or FORGEGATE_PLUGINS.',
  SDK_MISMATCH:
    'Get a version of the plugin for this gateway; FORGEGATE_PLUGINS_IGNORE_SDK_RANGE=<id> tries this one all the same.',
  KIND_UNSUPPORTED: 'Get a newer gateway, or correct `kinds` in plugin.json.',
  ISOLATION_UNSUPPORTED: 'Use process, worker or child as `isolation` in plugin.json.',
  NOT_INSTALLED: 'npm install the package beside the gateway, or take its name out of FORGEGATE_PLUGINS.',
  ENTRY_MISSING: 'Build the plugin: its folder must hold index.js, or what `entry` names.',
  LOAD_FAILED:
    'Mend what the reason names: packages that it imports are installed in its own folder, and its code is built.',
  SETUP_FAILED:
    'The reason is what its setup threw; a setting that is missing is given with configure_plugin, the rest is for its author.',
  SETUP_TIMEOUT: 'Its setup waits for something: look whether what it talks to is there.',
  START_FAILED: 'Its start threw: look whether what it talks to is there, then enable_plugin.',
  CONFIG_INVALID: 'Give it settings that fit its schema with configure_plugin; get_plugin shows both.',
  ADAPTER_TAKEN: 'Disable one of the two plugins with disable_plugin.',
  METHOD_REFUSED: 'Its author must rename or mend the method; disable the other plugin if two have it.',
  EVENT_REFUSED: 'Its author must mend the event type: its example has to fit its schema.',
  POLICY_REFUSED: 'Its author must mend the policy: it names an action that there is not.',
  DISABLED: 'enable_plugin starts it.',
  KEEPS_FAILING: 'It is tried once a minute; look into the log, then enable_plugin.',
  CRASHED: 'It is being restarted; look into the log if that goes on.',
  KEEPS_CRASHING: 'Look into the log, mend what ends it (memoryMb, a missing program), then enable_plugin.',
};
