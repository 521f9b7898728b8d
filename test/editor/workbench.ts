import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { installChromium } from '../../scripts/install-editor.mjs';

const ARTEFACTS = join(import.meta.dirname, 'artefacts');
/** Generous: on a busy machine a window takes long to draw. */
const TIMEOUT_MS = 120_000;

/** A headless Chromium that works without a sandbox, a GPU or a network. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: installChromium(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets',
    ],
  });
}

/** A VS Code window as a person uses it. */
export class Workbench {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** @param shown what the window shows once it is ready */
  static async open(browser: Browser, url: string, shown = '.explorer-folders-view'): Promise<Workbench> {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1 });
    page.setDefaultTimeout(TIMEOUT_MS);
    await page.goto(url);
    await page.locator(`.monaco-workbench ${shown}`).waitFor();
    return new Workbench(page);
  }

  /** Opens a file of the workspace by name, as Ctrl+P does. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    await this.#fillQuickInput(name);
    await this.quickPick(name).first().waitFor();
    await this.page.keyboard.press('Enter');
    await this.page
      .locator(`.editor-group-container.active .tab.active[data-resource-name="${name}"]`)
      .waitFor();
    await this.page.locator('.editor-instance .view-line').first().waitFor();
  }

  /** Runs a command by its title through the command palette. */
  async command(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.#fillQuickInput(`>${title}`);
    await this.quickPick(title).first().click();
  }

  /**
   * Loads the window again. Not as a browser does it, which may leave before VS Code has kept what is open: its own
   * command keeps that first.
   */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('load');
    await this.command('Developer: Reload Window');
    await loaded;
  }

  /** A row of the quick pick that is open. */
  quickPick(label: string) {
    return this.page.locator('.quick-input-list .monaco-list-row', { hasText: label });
  }

  /** Goes to a line and column, both one-based. */
  async goTo(line: number, column = 1): Promise<void> {
    await this.page.keyboard.press('Control+G');
    await this.#fillQuickInput(`:${line}:${column}`);
    await this.page.keyboard.press('Enter');
  }

  /** Selects the first place of the active editor where the text stands, by the editor's own search. */
  async select(text: string): Promise<void> {
    await this.page.keyboard.press('Control+Home');
    await this.page.keyboard.press('Control+F');
    const input = this.page.locator('.find-widget.visible .find-part textarea');
    await input.waitFor();
    const matchCase = this.page.locator('.find-widget.visible .find-part [aria-label^="Match Case"]');
    if ((await matchCase.getAttribute('aria-checked')) !== 'true') await matchCase.click();
    await input.fill(text);
    await this.page.locator('.find-widget.visible .matchesCount', { hasText: /1 of/ }).waitFor();
    await this.page.keyboard.press('Escape');
  }

  /** The tab of an open file. */
  tab(name: string) {
    return this.page.locator(`.tab[data-resource-name="${name}"]`);
  }

  /** A view's section by its title, in whichever side bar it stands. */
  pane(title: string) {
    return this.page.locator('.pane', { has: this.page.locator('.pane-header', { hasText: title }) });
  }

  /** The rows of the Problems view whose code or message contains `text`. */
  problem(text: string) {
    return this.page.locator('.markers-panel .monaco-list-row', { hasText: text });
  }

  /** Clicks, and waits for a notification that may come and go before the click has settled. */
  async clickUntilTold(target: Locator, text: RegExp): Promise<void> {
    await Promise.all([this.notification(text).waitFor(), target.click()]);
  }

  notification(text: RegExp) {
    return this.page.locator('.notification-toast', { hasText: text });
  }

  /** The content of the webview that is shown. */
  webview() {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  }

  /** A button in the title of the active editor. */
  titleButton(label: string) {
    return this.page.locator(`.editor-group-container.active .editor-actions [aria-label^="${label}"]`);
  }

  /** Keeps a picture of the window for people to look at. */
  async screenshot(name: string): Promise<string> {
    mkdirSync(ARTEFACTS, { recursive: true });
    const path = join(ARTEFACTS, `${name}.png`);
    await this.page.screenshot({ path });
    return path;
  }

  /** Keeps a picture of the window, and gives its path with the words that the window and its pages show. */
  async describe(name: string): Promise<string> {
    const lines = [`The window: ${await this.screenshot(name)}`];
    for (const frame of this.page.frames()) {
      const words = await frame
        .locator('body')
        // biome-ignore lint/performance/useDomNodeTextContent: what is shown, without scripts and what is hidden
        .innerText({ timeout: 2000 })
        .catch(() => '');
      if (words.trim() !== '') lines.push(words.trim().replaceAll(/\s+/g, ' ').slice(0, 1500));
    }
    return lines.join('\n');
  }

  async #fillQuickInput(text: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget:visible input.input');
    await input.waitFor();
    await input.fill(text);
  }
}
