import { startEditor } from '../../scripts/editor.mjs';
import { REPORT_MARK } from './suite/report-mark.ts';
import { launchBrowser } from './workbench.ts';

/** What the suite in the extension host needs. All paths are absolute. */
export interface HostOptions {
  /** Folder of the extension, loaded in development mode. */
  readonly extension: string;
  /** The built suite: a module that exports `run(): Promise<void>`. */
  readonly suite: string;
  readonly workspace: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A suite that neither ends nor fails within this time is stuck. */
const LIMIT_MS = 10 * 60 * 1000;

/**
 * Runs the suite in the extension host of a code-server window. What `--extensionDevelopmentPath` and
 * `--extensionTestsPath` are on the desktop travels in the page's `payload`, which a built VS Code heeds
 * only when its page enables the smoke test driver.
 */
export async function runInBrowser({ extension, suite, workspace, environment }: HostOptions): Promise<void> {
  const editor = await startEditor({ environment });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.route(
      (url) => url.pathname === '/' && url.searchParams.has('payload'),
      async (route) => {
        const response = await route.fetch();
        const developer = '&quot;developmentOptions&quot;:{';
        const body = (await response.text()).replace(
          developer,
          `${developer}&quot;enableSmokeTestDriver&quot;:true,`,
        );
        await route.fulfill({ response, body });
      },
    );
    await page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) => print(args));
    const ended = new Promise<number>((resolve, reject) => {
      void page.exposeFunction('codeAutomationExit', resolve);
      page.once('crash', () => reject(new Error('The page of the editor crashed.')));
      setTimeout(() => reject(new Error(`No result within ${LIMIT_MS / 60_000} minutes.`)), LIMIT_MS).unref();
    });
    const remote = (path: string) => `vscode-remote://127.0.0.1:${editor.port}${path}`;
    const payload = [
      ['extensionDevelopmentPath', remote(extension)],
      ['extensionTestsPath', remote(suite)],
      ['skipWelcome', 'true'],
    ];
    await page.goto(`${editor.url(workspace)}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
    await ended;
  } finally {
    await browser.close();
    await editor.stop();
  }
}

/** Prints mocha's report; the rest of the console is chatter of the workbench. */
function print([text]: unknown[]): void {
  if (typeof text === 'string' && text.startsWith(REPORT_MARK)) {
    process.stdout.write(`${text.slice(REPORT_MARK.length)}\n`);
  }
}
