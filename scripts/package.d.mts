/** Makes the .vsix for this platform. Returns its absolute path. */
export function makePackage(): Promise<string>;
