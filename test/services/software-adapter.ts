/** A graphics adapter made of software, for tests of WebGPU where there is no GPU: the one that Chromium brings along. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const CHROMIUMS = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];
const DRIVER = 'vk_swiftshader_icd.json';
/** The adapter's name as Vulkan has it. */
export const ADAPTER = /SwiftShader Device \(\S+\)/;

/** Variables by which a process finds the adapter and no other. Skips where there is no Chromium; CI has one. */
export function softwareAdapter(context: Mocha.Context): Record<string, string> {
  const folder = CHROMIUMS.find((folder) =>
    [DRIVER, 'libvk_swiftshader.so', 'libvulkan.so.1'].every((file) => existsSync(join(folder, file))),
  );
  if (folder) {
    const driver = join(folder, DRIVER);
    return { LD_LIBRARY_PATH: folder, VK_ICD_FILENAMES: driver, VK_DRIVER_FILES: driver };
  }
  if (process.env.CI)
    throw new Error(`No Chromium in ${CHROMIUMS.join(', ')} brings a software adapter along.`);
  process.stderr.write('    skipped: there is no Chromium whose software adapter could run WebGPU\n');
  context.skip();
}
