/** Installs code-server where it is not yet (some minutes: a module compiles). Returns its entry file. */
export function installCodeServer(): string;
/** Finds a Chromium, or installs Debian's where that is possible. Returns its executable. */
export function installChromium(): string;
