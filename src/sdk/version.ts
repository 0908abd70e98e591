/** Version of the plugin API; plugins name a range of it in `plugin.json`. It moves on its own, not with the gateway. */
export const SDK_VERSION = '1.3.0';
